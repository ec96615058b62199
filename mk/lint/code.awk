# SPDX-License-Identifier: Apache-2.0
# Blank out comments, and what stands between quotes, keeping line numbers:
# rules about code must not see prose. Reset at each file; #include lines stay.
function code(line,	out, c, two, i, n) {
	if (FNR == 1)
		inside = ""
	if (line ~ /^#[ \t]*include/ && inside == "")
		return line
	n = length(line)
	for (i = 1; i <= n; i++) {
		c = substr(line, i, 1)
		two = substr(line, i, 2)
		if (inside == "*") {
			if (two == "*/") {
				inside = ""
				i++
			}
		} else if (inside != "") {
			if (c == "\\")
				i++
			else if (c == inside) {
				inside = ""
				out = out c
			}
		} else if (two == "/*") {
			inside = "*"
			out = out " "
			i++
		} else {
			if (c == "\"" || c == "'")
				inside = c
			out = out c
		}
	}
	return out
}
