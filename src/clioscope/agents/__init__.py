"""An atlas for agents: the tools of a server that speaks the Model Context Protocol."""
