package cli

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"batchcomplete/internal/lang"
)

// configFile is a configuration file: what every profile has, and what each
// profile has of its own. Values are kept as they were written, so that an
// identifier such as 00123 is never read as a number.
type configFile struct {
	path     string
	common   section
	profiles map[string]section
}

type section map[string]yaml.Node

// fileOnly are the settings that only the configuration file has.
var fileOnly = []string{"app-id", "app-key-file", "notify-secret-file", "prod-url", "require-approval", "columns", "statements", "fees", "holidays"}

// profilesKey is the section with what each profile says differently; it stands in the common part alone.
const profilesKey = "profiles"

// FileOnly lists the settings that only the configuration file has.
func FileOnly() []string { return append(slices.Clone(fileOnly), profilesKey) }

// flagOnly are the flags that choose the file or what in it holds, and so do not
// stand in a profile.
var flagOnly = []string{"config", "profile"}

// readConfig reads a file and checks every key in it, in all profiles.
func readConfig(path string, l lang.Lang) (*configFile, error) {
	text, info, err := readWithMode(path)
	if err != nil {
		return nil, Fail(Usage, errors.New(l.T("cli.config.unreadable", path, err)), l.T("cli.config.unreadable.hint"))
	}
	if othersWrite(info) {
		return nil, Fail(Usage, errors.New(l.T("cli.config.mode", path, info.Mode().Perm())), l.T("cli.config.mode.hint", path))
	}
	raw := section{}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	err = decoder.Decode(&raw)
	if err == nil && decoder.Decode(&yaml.Node{}) != io.EOF {
		err = errors.New("a second document begins with ---")
	}
	if err != nil && err != io.EOF {
		return nil, Fail(Usage, errors.New(l.T("cli.config.syntax", path, err)), l.T("cli.config.syntax.hint"))
	}
	f := &configFile{path: path, profiles: map[string]section{}}
	known := slices.DeleteFunc(append(FlagNames(), fileOnly...), func(name string) bool { return slices.Contains(flagOnly, name) })
	if f.common, err = f.keys(raw, append(known, "profile", profilesKey), l); err != nil {
		return nil, err
	}
	profiles := map[string]section{}
	if node, ok := f.common[profilesKey]; ok {
		if err := node.Decode(&profiles); err != nil {
			return nil, Fail(Usage, errors.New(l.T("cli.config.section", profilesKey, err)), l.T("cli.config.syntax.hint"))
		}
		delete(f.common, profilesKey)
	}
	for _, name := range slices.Sorted(maps.Keys(profiles)) {
		if !profileName.MatchString(name) {
			return nil, Fail(Usage, errors.New(l.T("cli.profile.name", path, name)), l.T("cli.profile.name.hint"))
		}
		if f.profiles[name], err = f.keys(profiles[name], known, l); err != nil {
			return nil, err
		}
	}
	if secrets := f.secrets(); len(secrets) > 0 && othersRead(info) {
		return nil, Fail(Usage, errors.New(l.T("cli.config.secret", path, strings.Join(secrets, ", "), info.Mode().Perm())), l.T("cli.config.secret.hint", path))
	}
	return f, f.ownCheckpoints(l)
}

// profileName is what may stand in a checkpoint's file name.
var profileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$`)

// keys gives a section under the flags' own names, and refuses what is none.
func (f *configFile) keys(raw section, known []string, l lang.Lang) (section, error) {
	s := section{}
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		name := strings.ReplaceAll(key, "_", "-")
		_, twice := s[name]
		if !slices.Contains(known, name) {
			return nil, Fail(Usage, errors.New(l.T("cli.config.key", f.path, key)), l.T("cli.config.key.hint", Nearest(name, known)))
		}
		if twice {
			return nil, Fail(Usage, errors.New(l.T("cli.config.twice", f.path, name)), "")
		}
		s[name] = raw[key]
	}
	return s, nil
}

// ownCheckpoints sees to it that no two profiles share a checkpoint.
func (f *configFile) ownCheckpoints(l lang.Lang) error {
	if _, shared := f.common["db"]; shared && len(f.profiles) > 0 {
		return Fail(Usage, errors.New(l.T("cli.profile.db", f.path)), l.T("cli.profile.db.hint"))
	}
	taken := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(f.profiles)) {
		path := f.profiles[name]["db"].Value
		if other, twice := taken[path]; twice && path != "" {
			return Fail(Usage, errors.New(l.T("cli.profile.db.twice", f.path, other, name, path)), l.T("cli.profile.db.hint"))
		}
		taken[path] = name
	}
	return nil
}

// names lists the profiles.
func (f *configFile) names() []string {
	if f == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(f.profiles))
}

// value gives a setting of a profile, else of the common part, and where it
// stands. A key without a value counts as not there.
func (f *configFile) value(profile, name string) (node yaml.Node, origin string, ok bool) {
	if f == nil {
		return node, "", false
	}
	if node, ok = f.profiles[profile][name]; ok && node.Tag != "!!null" {
		return resolved(node), "file: profiles." + profile, true
	}
	node, ok = f.common[name]
	return resolved(node), "file", ok && node.Tag != "!!null"
}

// resolved follows YAML's aliases.
func resolved(n yaml.Node) yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = *n.Alias
	}
	return n
}

// decode reads one section into v; unknown keys in it are refused.
func (f *configFile) decode(from section, key string, v any, l lang.Lang) error {
	node, ok := from[key]
	if !ok {
		return nil
	}
	text, err := yaml.Marshal(&node)
	if err == nil {
		decoder := yaml.NewDecoder(bytes.NewReader(text))
		decoder.KnownFields(true)
		err = decoder.Decode(v)
	}
	if err != nil {
		return Fail(Usage, errors.New(l.T("cli.config.section", key, err)), l.T("cli.config.syntax.hint"))
	}
	return nil
}

// words gives a node's values as they were written: one, or a list's.
func words(n yaml.Node) ([]string, bool) {
	switch n = resolved(n); n.Kind {
	case yaml.ScalarNode:
		return []string{n.Value}, true
	case yaml.SequenceNode:
		var all []string
		for _, item := range n.Content {
			word, ok := words(*item)
			if !ok || len(word) != 1 {
				return nil, false
			}
			all = append(all, word...)
		}
		return all, true
	}
	return nil, false
}
