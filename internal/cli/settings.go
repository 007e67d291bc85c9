package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"batchcomplete/internal/lang"
)

// EnvPrefix begins the environment variable of every flag.
const EnvPrefix = "BATCHCOMPLETE_"

// Settings are the values of a command's flags, wherever they came from, and
// the sections that only the configuration file has.
type Settings struct {
	fs      *pflag.FlagSet
	origins map[string]string
	file    *configFile // nil: none was named
	profile string
	Lang    lang.Lang
}

// Load settles every flag of fs, in this order: the command line, where it was
// given there; the environment; the configuration file (--config), the chosen
// profile before the common part; the default. An unknown key in the file, and a
// value that a flag refuses, is a Usage error that names the place it stands in.
// The result speaks the language that --lang or else the locale asks for.
func Load(fs *pflag.FlagSet, getenv func(string) string) (*Settings, error) {
	s := &Settings{fs: fs, origins: map[string]string{}, Lang: lang.FromLocale(getenv)}
	s.Lang = s.language(getenv("BATCHCOMPLETE_LANG"), s.Lang)
	if flag := fs.Lookup("lang"); flag != nil {
		s.Lang = s.language(flag.Value.String(), s.Lang)
	}
	if err := s.readFile(getenv); err != nil {
		return nil, err
	}
	var failed []error
	fs.VisitAll(func(flag *pflag.Flag) {
		if err := s.settle(flag, getenv); err != nil {
			failed = append(failed, err)
		}
	})
	if len(failed) > 0 {
		return nil, errors.Join(failed...)
	}
	if flag := fs.Lookup("lang"); flag != nil && flag.Value.String() != "" {
		l, err := lang.Parse(flag.Value.String())
		if err != nil {
			return nil, Fail(Usage, err, "")
		}
		s.Lang = l
	}
	return s, nil
}

// GuessLang finds the language before the flags are parsed, since help texts
// and usage errors speak it too.
func GuessLang(w World) lang.Lang {
	guess := lang.FromLocale(w.Getenv)
	if l, err := lang.Parse(w.Getenv(EnvPrefix + "LANG")); err == nil {
		guess = l
	}
	for i, arg := range w.Args {
		word, joined := strings.CutPrefix(arg, "--lang=")
		if arg == "--lang" && i+1 < len(w.Args) {
			word, joined = w.Args[i+1], true
		}
		if l, err := lang.Parse(word); joined && err == nil {
			guess = l
		}
	}
	return guess
}

// language gives the language of a word, or otherwise where it is none.
func (s *Settings) language(word string, otherwise lang.Lang) lang.Lang {
	if l, err := lang.Parse(word); err == nil {
		return l
	}
	return otherwise
}

// Parse is Load for the named flags as these arguments give them.
func Parse(names, args []string, getenv func(string) string) (*Settings, error) {
	fs := pflag.NewFlagSet("settings", pflag.ContinueOnError)
	AddFlags(fs, lang.Zh, names...)
	if err := fs.Parse(args); err != nil {
		return nil, Fail(Usage, err, "")
	}
	return Load(fs, getenv)
}

// early gives a flag that must be known before the others: the command line's,
// else the environment's.
func (s *Settings) early(name string, getenv func(string) string) string {
	if flag := s.fs.Lookup(name); flag != nil && flag.Changed {
		return flag.Value.String()
	}
	return getenv(variable(name))
}

// variable is the environment variable of a flag.
func variable(name string) string {
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// readFile reads the configuration file, where one is named, and chooses the
// profile.
func (s *Settings) readFile(getenv func(string) string) error {
	path, profile := s.early("config", getenv), s.early("profile", getenv)
	if path != "" {
		var err error
		if s.file, err = readConfig(path, s.Lang); err != nil {
			return err
		}
		if node, _, ok := s.file.value("", "profile"); ok && profile == "" {
			profile = node.Value
		}
	}
	if profile == "" {
		if all := s.file.names(); len(all) > 0 && s.fs.Lookup("db") != nil {
			return Fail(Usage, errors.New(s.Lang.T("cli.profile.missing", path)), s.Lang.T("cli.profile.missing.hint", strings.Join(all, ", ")))
		}
		return nil
	}
	if !slices.Contains(s.file.names(), profile) {
		return Fail(Usage, errors.New(s.Lang.T("cli.profile.unknown", profile)), s.Lang.T("cli.profile.missing.hint", strings.Join(s.file.names(), ", ")))
	}
	s.profile = profile
	return nil
}

// settle gives one flag its value, unless the command line did.
func (s *Settings) settle(flag *pflag.Flag, getenv func(string) string) error {
	name := flag.Name
	if flag.Changed {
		s.origins[name] = "flag"
		return nil
	}
	if value := getenv(variable(name)); value != "" {
		s.origins[name] = variable(name)
		return s.set(flag, variable(name), value)
	}
	node, origin, ok := s.file.value(s.profile, name)
	if !ok {
		s.origins[name] = "default"
		return nil
	}
	s.origins[name] = origin
	where := fmt.Sprintf("%s:%d: %s", s.file.path, node.Line, name)
	values, ok := words(node)
	if _, several := flag.Value.(pflag.SliceValue); !ok || len(values) > 1 && !several {
		return Fail(Usage, errors.New(s.Lang.T("cli.config.shape", where)), s.Lang.T("flag."+name))
	}
	return s.set(flag, where, values...)
}

func (s *Settings) set(flag *pflag.Flag, where string, values ...string) error {
	for _, text := range values {
		if err := flag.Value.Set(text); err != nil {
			return Fail(Usage, errors.New(s.Lang.T("cli.config.value", where, text, err)), s.Lang.T("flag."+flag.Name))
		}
	}
	return nil
}

// Nearest gives the known word that is closest to the one written.
func Nearest(word string, known []string) string {
	best, distance := "", len(word)+1
	for _, candidate := range known {
		if d := editDistance(word, candidate); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

// editDistance is Levenshtein's, over bytes: keys are ASCII.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

// Origin tells where a flag's value came from: "flag", "file", "file:
// profiles.NAME", "default", or the name of an environment variable.
func (s *Settings) Origin(name string) string { return s.origins[name] }

// Profile gives the chosen profile, "" for none.
func (s *Settings) Profile() string { return s.profile }

// Profiles lists the configuration file's profiles.
func (s *Settings) Profiles() []string { return s.file.names() }

// CheckpointName is the default of --db: each environment and profile has its own.
func CheckpointName(env, profile string) string {
	if profile != "" {
		env += "-" + profile
	}
	return "batchcomplete-" + env + ".db"
}

// Setting is one flag's value, for people to read: what is secret is REDACTED.
type Setting struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Origin string `json:"origin"`
}

// All lists the command's flags in the table's order.
func (s *Settings) All() []Setting {
	var all []Setting
	for _, name := range FlagNames() {
		flag := s.fs.Lookup(name)
		if flag == nil {
			continue
		}
		value := flag.Value.String()
		if slices.Contains(secretFlags, name) {
			value = redactURL(value)
		}
		all = append(all, Setting{name, value, s.origins[name]})
	}
	return all
}

// Has tells whether the command has that flag at all.
func (s *Settings) Has(name string) bool { return s.fs.Lookup(name) != nil }

// String gives a string flag's value.
func (s *Settings) String(name string) string { return must(s.fs.GetString(name)) }

// Strings gives a repeatable flag's values.
func (s *Settings) Strings(name string) []string { return must(s.fs.GetStringArray(name)) }

// Int gives an int flag's value.
func (s *Settings) Int(name string) int { return must(s.fs.GetInt(name)) }

// Int64 gives an int64 flag's value.
func (s *Settings) Int64(name string) int64 { return must(s.fs.GetInt64(name)) }

// Bool gives a bool flag's value.
func (s *Settings) Bool(name string) bool { return must(s.fs.GetBool(name)) }

// Duration gives a duration flag's value.
func (s *Settings) Duration(name string) time.Duration { return must(s.fs.GetDuration(name)) }

// must is for flags that the program itself defined: a miss is a bug in it.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// FileText gives a setting that only the configuration file has, as it was
// written there.
func (s *Settings) FileText(key string) string {
	node, _, _ := s.file.value(s.profile, key)
	return node.Value
}

// Section decodes one section of the configuration file ("columns",
// "statements", …) into v; unknown keys in it are refused. It tells whether the
// file has that section; a profile's stands in place of the common one.
func (s *Settings) Section(key string, v any) (bool, error) {
	node, _, ok := s.file.value(s.profile, key)
	if !ok {
		return false, nil
	}
	return true, s.file.decode(section{key: node}, key, v, s.Lang)
}
