# SPDX-License-Identifier: Apache-2.0
# The rule of banned.sh; code() is in code.awk.
function say(text) { printf "%s:%d: %s\n", FILENAME, FNR, text; bad = 1 }

# rule(CALLS, FILES, WHY): calls that only FILES (a pattern) may make.
function rule(calls, files, why) {
	if (FILENAME !~ files && match(text, "(^|[^a-zA-Z0-9_])(" calls ")[ \t]*\\("))
		say("'" calls_at() "': " why)
}
function calls_at(	s) {
	s = substr(text, RSTART, RLENGTH)
	gsub(/[^a-zA-Z0-9_]/, "", s)
	return s
}

{ text = code($0) }
{
	rule("strcpy|strcat|stpcpy|strncpy|sprintf|vsprintf|gets|strtok",
		"^$", "no bound; use base/buf")
	rule("scanf|sscanf|fscanf|atoi|atol|atoll|atof", "^$",
		"no check; use base/str")
	rule("gmtime|localtime|ctime|asctime|mktime|strftime", "^$",
		"hidden state; use model/calendar")
	rule("system|popen|alloca|setjmp|longjmp|tmpnam|mktemp", "^$", "banned")
	rule("malloc|calloc|realloc|reallocarray|strdup|strndup|asprintf",
		"^lib/base/(mem|buf)\\.c$", "memory comes from base/mem and base/buf")
	rule("exit|_exit|abort|printf|fprintf|puts|putchar|perror",
		"^tools/|^lib/(base/(mem|log|opt|crash)|record/tool)\\.c$",
		"lib neither prints nor exits")
}
FILENAME !~ /^tools\/|^lib\/(base\/(mem|log|opt|io|crash)|record\/(stream|tool))\.c$/ &&
text ~ /(^|[^a-zA-Z0-9_])(stdout|stderr|STDOUT_FILENO|STDERR_FILENO)($|[^a-zA-Z0-9_])/ {
	say("standard streams belong to log, crash, opt, io, stream and tool")
}
text ~ /\/\// { say("comments are /* */") }
END { exit bad }
