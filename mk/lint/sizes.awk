# SPDX-License-Identifier: Apache-2.0
# The rule of sizes.sh; code() is in code.awk.
function say(line, text) {
	printf "%s:%d: %s\n", FILENAME, line, text
	bad = 1
}

# Commas at depth one of the first parentheses that hold a parameter list.
function parameters(head,	i, c, depth, n) {
	gsub(/__attribute__ *\(\(.*\)\)/, "", head)
	sub(/^[^(]*\(/, "(", head)
	n = 1
	for (i = 1; i <= length(head); i++) {
		c = substr(head, i, 1)
		depth += (c == "(") - (c == ")")
		if (depth == 0)
			break
		n += (c == "," && depth == 1)
	}
	return n - (head ~ /, *\.\.\. *\)/)
}

FNR == 1 { limit = FILENAME ~ /\.c$/ ? 500 : 200; head = ""; start = 0 }
FNR == limit + 1 { say(FNR, "file has more than " limit " lines") }
{ line = code($0) }
!start && line ~ /^\{/ && head ~ /\(/ {
	start = FNR
	name = head
	sub(/^(static |inline |PGF_[A-Z]+(\([0-9, ]*\))? )*/, "", name)
	n = parameters(name)
	sub(/ *\(.*/, "", name)
	sub(/.*[ *]/, "", name)
	if (n > 5)
		say(FNR, "function '" name "' has " n " parameters, not 5")
	next
}
start && line ~ /^\}/ {
	n = FNR - start - 1
	most = name == "main" && FILENAME ~ /^tools/ ? 10 : 60
	if (n > most)
		say(start, "function '" name "' has " n " lines, not " most)
	start = 0
	head = ""
	next
}
start { next }
line ~ /^#|[;}]/ || line ~ /^[ \t]*$/ { head = ""; next }
{ sub(/^[ \t]+/, "", line); head = head (head == "" ? "" : " ") line }
END { exit bad }
