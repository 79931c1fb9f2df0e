"""What several sources share: items of APIs, traces and spans, requests that repeat a history."""
