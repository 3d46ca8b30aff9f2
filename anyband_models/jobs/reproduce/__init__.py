"""The paper's tables, measured again: a module a table, the paper's numbers beside ours."""
