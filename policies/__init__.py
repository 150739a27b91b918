"""Policy files: the numbers of the process, and the reader that checks them."""
