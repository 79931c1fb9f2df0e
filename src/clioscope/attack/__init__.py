"""The attack: planted conversations that try to draw one person's secret out of what is published."""
