package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"batchcomplete/internal/lang"
)

// EnvPrefix begins the environment variable of every flag.
const EnvPrefix = "BATCHCOMPLETE_"

// Settings are the values of a command's flags, wherever they came from, and
// the sections that only the configuration file has.
type Settings struct {
	fs      *pflag.FlagSet
	origins map[string]string
	file    map[string]any
	Lang    lang.Lang
}

// Load settles every flag of fs, in this order: the command line, where it was
// given there; the environment; the configuration file (--config); the default.
// An unknown key in the file, and a value that a flag refuses, is a Usage error
// that names the place it stands in. The result speaks the language that --lang
// or else the locale asks for.
func Load(fs *pflag.FlagSet, getenv func(string) string) (*Settings, error) {
	s := &Settings{fs: fs, origins: map[string]string{}, Lang: lang.FromLocale(getenv)}
	s.Lang = s.language(getenv("BATCHCOMPLETE_LANG"), s.Lang)
	if flag := fs.Lookup("lang"); flag != nil {
		s.Lang = s.language(flag.Value.String(), s.Lang)
	}
	if err := s.readFile(getenv); err != nil {
		return nil, err
	}
	var failed error
	fs.VisitAll(func(flag *pflag.Flag) {
		if failed == nil {
			failed = s.settle(flag, getenv)
		}
	})
	if failed != nil {
		return nil, failed
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

func (s *Settings) readFile(getenv func(string) string) error {
	path := getenv(EnvPrefix + "CONFIG")
	if flag := s.fs.Lookup("config"); flag != nil && flag.Changed {
		path = flag.Value.String()
	}
	if path == "" {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Fail(Usage, errors.New(s.Lang.T("cli.config.unreadable", path, err)), s.Lang.T("cli.config.unreadable.hint"))
	}
	raw := map[string]any{}
	if err := yaml.Unmarshal(text, &raw); err != nil {
		return Fail(Usage, errors.New(s.Lang.T("cli.config.syntax", path, err)), s.Lang.T("cli.config.syntax.hint"))
	}
	s.file = map[string]any{}
	known := append(FlagNames(), fileOnly...)
	for key, value := range raw {
		name := strings.ReplaceAll(key, "_", "-")
		if !slices.Contains(known, name) || name == "config" {
			return Fail(Usage, errors.New(s.Lang.T("cli.config.key", path, key)),
				s.Lang.T("cli.config.key.hint", nearest(name, known)))
		}
		s.file[name] = value
	}
	return nil
}

// settle gives one flag its value, unless the command line did.
func (s *Settings) settle(flag *pflag.Flag, getenv func(string) string) error {
	name := flag.Name
	variable := EnvPrefix + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	switch value := getenv(variable); {
	case flag.Changed:
		s.origins[name] = "flag"
	case value != "":
		s.origins[name] = variable
		return s.set(flag, value, variable)
	case s.file[name] != nil:
		s.origins[name] = "file"
		return s.set(flag, s.file[name], s.fs.Lookup("config").Value.String()+": "+name)
	default:
		s.origins[name] = "default"
	}
	return nil
}

func (s *Settings) set(flag *pflag.Flag, value any, where string) error {
	values := []any{value}
	if list, ok := value.([]any); ok {
		values = list
	}
	for _, v := range values {
		text := fmt.Sprint(v)
		if at, ok := v.(time.Time); ok {
			text = at.Format(time.DateOnly)
		}
		if err := flag.Value.Set(text); err != nil {
			return Fail(Usage, errors.New(s.Lang.T("cli.config.value", where, text, err)), s.Lang.T("flag."+flag.Name))
		}
	}
	return nil
}

// nearest gives the known word that is closest to the one written.
func nearest(word string, known []string) string {
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

// Origin tells where a flag's value came from: "flag", "file", "default", or
// the name of an environment variable.
func (s *Settings) Origin(name string) string { return s.origins[name] }

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

// FileText gives a setting that only the configuration file has, as text.
func (s *Settings) FileText(key string) string {
	if value, ok := s.file[key]; ok {
		return fmt.Sprint(value)
	}
	return ""
}

// Section decodes one section of the configuration file ("columns",
// "statements", …) into v; unknown keys in it are refused. It tells whether the
// file has that section.
func (s *Settings) Section(key string, v any) (bool, error) {
	section, ok := s.file[key]
	if !ok {
		return false, nil
	}
	text, err := yaml.Marshal(section)
	if err != nil {
		return true, Failf(Usage, "configuration section %q: %w", key, err)
	}
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	decoder.KnownFields(true)
	if err := decoder.Decode(v); err != nil {
		return true, Fail(Usage, errors.New(s.Lang.T("cli.config.section", key, err)), s.Lang.T("cli.config.syntax.hint"))
	}
	return true, nil
}
