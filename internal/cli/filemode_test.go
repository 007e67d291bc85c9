//go:build unix

package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"batchcomplete/internal/lang"
)

// TestAConfigurationWithASecretIsNotReadWhereOthersCanReadIt: a password of a
// proxy and a token in an address are secrets like a key, in whatever part of the
// file they stand. Without one, anybody may read the file.
func TestAConfigurationWithASecretIsNotReadWhereOthersCanReadIt(t *testing.T) {
	const proxy, ping, chat = "proxy: http://office:hunter2@proxy.example:3128\n", "ping_url: https://monitor.example/hunter2\n", "notify-url: https://chat.example/send?key=hunter2\n"
	for name, c := range map[string]struct {
		text string
		mode os.FileMode
		says string // "" where it is read
	}{
		"nothing secret":              {"rate: 3\nproxy: http://proxy.example:3128\n", 0o644, ""},
		"a proxy's password":          {proxy, 0o644, "proxy"},
		"an address to ping":          {ping, 0o604, "ping-url"},
		"a robot's address":           {chat, 0o640 | 0o004, "notify-url"},
		"in a profile":                {"profiles:\n  a:\n    " + proxy, 0o644, "proxy"},
		"behind an alias":             {"tid: &p http://office:hunter2@proxy.example\nproxy: *p\n", 0o644, "proxy"},
		"an alias in a profile":       {"source-code: &p https://monitor.example/hunter2\nprofiles: {a: {ping_url: *p}}\n", 0o644, "ping-url"},
		"several":                     {proxy + chat, 0o644, "notify-url, proxy"},
		"a key that holds no value":   {"ping_url:\nproxy: ''\n", 0o644, ""},
		"for its owner":               {proxy + ping + chat, 0o600, ""},
		"for its owner, to read only": {proxy, 0o400, ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "config.yaml")
			if err := errors.Join(os.WriteFile(path, []byte(c.text), 0o600), os.Chmod(path, c.mode)); err != nil {
				t.Fatal(err)
			}
			_, err := readConfig(path, lang.En)
			var told *Error
			switch {
			case c.says == "" && err != nil:
				t.Error(err)
			case c.says != "" && (!errors.As(err, &told) || told.Code != Usage || !strings.Contains(err.Error(), "("+c.says+")") ||
				!strings.Contains(told.Hint, "chmod 600 "+path) || strings.Contains(err.Error()+told.Hint, "hunter2")):
				t.Errorf("it should say %q: %v", c.says, err)
			}
		})
	}
}

// TestAServicesConfigurationMayBeReadByItsOwnGroup needs root, who alone can give
// a file away: root's file of the service's group (0640) holds a secret well, one
// of another group or another user does not.
func TestAServicesConfigurationMayBeReadByItsOwnGroup(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file to another user")
	}
	for name, c := range map[string]struct {
		uid, gid int
		mode     os.FileMode
		read     bool
	}{
		"root's, our group":       {0, os.Getegid(), 0o640, true},
		"root's, another group":   {0, 4711, 0o640, false},
		"root's alone":            {0, 4711, 0o600, true},
		"another user's":          {4711, os.Getegid(), 0o600, false},
		"root's, for all to read": {0, os.Getegid(), 0o644, false},
	} {
		path := filepath.Join(t.TempDir(), "config.yaml")
		if err := errors.Join(os.WriteFile(path, []byte("proxy: http://office:hunter2@proxy.example\n"), 0o600), os.Chmod(path, c.mode), os.Chown(path, c.uid, c.gid)); err != nil {
			t.Fatal(err)
		}
		if _, err := readConfig(path, lang.En); (err == nil) != c.read {
			t.Errorf("%s: %v", name, err)
		}
	}
}
