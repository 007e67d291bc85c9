package cli

import (
	"net/url"
	"time"

	"github.com/spf13/pflag"

	"batchcomplete/internal/lang"
)

// flagOf is one flag: its name and its default, whose type is the flag's. What
// it means stands in the catalogue under "flag.<name>".
type flagOf struct {
	name  string
	value any // string, []string, int, int64, bool or time.Duration
}

// flagTable is every flag of both programs: the same word everywhere, and each
// may stand in the configuration file and the environment too.
var flagTable = []flagOf{
	{"config", ""},
	{"profile", ""},
	{"env", ""},
	{"base-url", ""},
	{"db", ""},
	{"out", ""},
	{"rate", 10},
	{"workers", 8},
	{"timeout", 60 * time.Second},
	{"settle-window", 10 * time.Minute},
	{"resolve-for", 15 * time.Minute},
	{"until", ""},
	{"max-duration", time.Duration(0)},
	{"stop-after-failures", 10},
	{"max-unknown-fen", int64(0)},
	{"expect-rows", 0},
	{"expect-total", ""},
	{"amount-unit", ""},
	{"mid", ""},
	{"tid", ""},
	{"source-code", ""},
	{"auth", "bodysig"},
	{"ca-file", ""},
	{"proxy", ""},
	{"sheet", ""},
	{"encoding", ""},
	{"formulas", "accept"},
	{"accept-changes", false},
	{"verify-first", false},
	{"metrics-file", ""},
	{"ping-url", ""},
	{"notify-url", ""},
	{"notify-kind", ""},
	{"json", false},
	{"log-format", "text"},
	{"log-level", "info"},
	{"lang", ""},
	{"yes", false},
	{"state", ""},
	{"code", ""},
	{"bill", ""},
	{"line", 0},
	{"settle-date", ""},
	{"format", "table"},
	{"as", ""},
	{"reason", ""},
	{"valid-for", 72 * time.Hour},
	{"watch", false},
	{"every", 2 * time.Second},
	{"listen", "127.0.0.1:0"},
	{"ledger", ""},
	{"faults", "script"},
	{"expose", false},
	{"from", ""},
	{"to", ""},
	{"batch", ""},
	{"html", ""},
	{"strict-statement", false},
	{"carry", ""},
	{"explain", ""},
	{"note", ""},
	// reconcile takes these several times over.
	{"db*", []string(nil)},
	{"settle-date*", []string(nil)},
	{"statement*", []string(nil)},
}

// secretFlags hold addresses with a credential in them.
var secretFlags = []string{"ping-url", "notify-url", "proxy"}

// redactURL keeps of an address what is no secret: whom it belongs to.
func redactURL(text string) string {
	if text == "" {
		return ""
	}
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		return u.Scheme + "://" + u.Host + "/REDACTED"
	}
	return "REDACTED"
}

// AddFlags defines the named flags of the table on a flag set, with their usage
// in that language. A name that ends in "*" is the repeatable form of the flag.
func AddFlags(fs *pflag.FlagSet, l lang.Lang, names ...string) {
	for _, name := range names {
		addFlag(fs, l, name)
	}
}

func addFlag(fs *pflag.FlagSet, l lang.Lang, name string) {
	for _, f := range flagTable {
		if f.name != name {
			continue
		}
		name = bare(name)
		usage := l.T("flag." + name)
		switch value := f.value.(type) {
		case string:
			fs.String(name, value, usage)
		case []string:
			fs.StringArray(name, value, usage)
		case int:
			fs.Int(name, value, usage)
		case int64:
			fs.Int64(name, value, usage)
		case bool:
			fs.Bool(name, value, usage)
		case time.Duration:
			fs.Duration(name, value, usage)
		}
		return
	}
	panic("cli: no flag " + name + " in the table")
}

// bare is a flag's name without the mark of its repeatable form.
func bare(name string) string {
	if n := len(name); n > 0 && name[n-1] == '*' {
		return name[:n-1]
	}
	return name
}

// FlagNames lists every flag's name once, in the table's order.
func FlagNames() []string {
	var names []string
	seen := map[string]bool{}
	for _, f := range flagTable {
		if name := bare(f.name); !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}
