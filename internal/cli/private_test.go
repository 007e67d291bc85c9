//go:build unix

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// privateFolder is a folder that nobody else can write in.
func privateFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for at := dir; at != os.TempDir() && at != "/"; at = filepath.Dir(at) {
		if err := os.Chmod(at, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestAPrivateFileIsReadOnlyWhereNobodyElseCouldHavePutIt(t *testing.T) {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name  string
		spoil func(dir, path string)
		says  string // "" where it is read
	}{
		{"mode 0600", func(string, string) {}, ""},
		{"mode 0400", func(_, path string) { must(os.Chmod(path, 0o400)) }, ""},
		{"a private folder in a sticky one", func(dir, _ string) {
			must(os.Chmod(filepath.Dir(dir), os.ModeSticky|0o777))
		}, ""},
		{"the group may read", func(_, path string) { must(os.Chmod(path, 0o640)) }, "mode 0640"},
		{"all may read", func(_, path string) { must(os.Chmod(path, 0o604)) }, "mode 0604"},
		{"it may be run", func(_, path string) { must(os.Chmod(path, 0o700)) }, "mode 0700"},
		{"a link", func(dir, path string) {
			must(os.Rename(path, filepath.Join(dir, "real")))
			must(os.Symlink(filepath.Join(dir, "real"), path))
		}, "symbolic links"},
		{"a pipe", func(_, path string) {
			must(os.Remove(path))
			must(syscall.Mkfifo(path, 0o600))
		}, "not a regular file"},
		{"a folder", func(_, path string) {
			must(os.Remove(path))
			must(os.Mkdir(path, 0o600))
		}, "not a regular file"},
		{"the group may write in its folder", func(dir, _ string) { must(os.Chmod(dir, 0o720)) }, "can write in the folder"},
		{"all may write in its folder", func(dir, _ string) { must(os.Chmod(dir, 0o702)) }, "can write in the folder"},
		{"its folder is sticky and all may write in it", func(dir, _ string) { must(os.Chmod(dir, os.ModeSticky|0o777)) }, "can write in the folder"},
		{"all may write in the folder above", func(dir, _ string) { must(os.Chmod(filepath.Dir(dir), 0o777)) }, "can write in the folder"},
		{"too long", func(_, path string) { must(os.WriteFile(path, make([]byte, 101), 0o600)) }, "longer than 100 bytes"},
		{"not there", func(_, path string) { must(os.Remove(path)) }, "no such file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(privateFolder(t), "in")
			must(os.Mkdir(dir, 0o700))
			path := filepath.Join(dir, "key")
			must(os.WriteFile(path, []byte("canary"), 0o600))
			c.spoil(dir, path)
			text, err := ReadPrivate(path, 0o177, 100)
			switch {
			case c.says == "" && (err != nil || string(text) != "canary"):
				t.Errorf("%q, %v", text, err)
			case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
				t.Errorf("%v; it should say %q", err, c.says)
			}
		})
	}
}

// TestAPrivateFileBelongsToUsOrToRoot needs root, who alone can give a file away.
func TestAPrivateFileBelongsToUsOrToRoot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file to another user")
	}
	for _, given := range []string{"file", "folder"} {
		dir := privateFolder(t)
		path := filepath.Join(dir, "key")
		if err := os.WriteFile(path, []byte("canary"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(map[string]string{"file": path, "folder": dir}[given], 4711, 4711); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadPrivate(path, 0o177, 100); err == nil || !strings.Contains(err.Error(), "another user") {
			t.Errorf("%s: %v", given, err)
		}
	}
}

func TestTheKeyIsTakenOutOfTheEnvironment(t *testing.T) {
	t.Setenv("CANARY_KEY", "canary")
	t.Setenv("CANARY_ID", "id")
	getenv := takeSecrets("CANARY_KEY")
	if getenv("CANARY_KEY") != "canary" || getenv("CANARY_ID") != "id" {
		t.Error("it is not to be had any more")
	}
	if value, ok := os.LookupEnv("CANARY_KEY"); ok {
		t.Errorf("a child would inherit %q", value)
	}
}

// TestWhatTheProgramTakesFromTheEnvironmentItsChildrenDoNotInherit: a key, and the
// addresses that hold a password or a token. What the program itself is told of
// them stays.
func TestWhatTheProgramTakesFromTheEnvironmentItsChildrenDoNotInherit(t *testing.T) {
	names := []string{"UMS_APP_KEY", "BATCHCOMPLETE_NOTIFY_SECRET", "BATCHCOMPLETE_PROXY", "BATCHCOMPLETE_PING_URL", "BATCHCOMPLETE_NOTIFY_URL"}
	for _, name := range names {
		t.Setenv(name, "canary of "+name)
	}
	w := TheWorld()
	for _, variable := range exec.Command("env").Environ() {
		if strings.Contains(variable, "canary of") {
			t.Errorf("a child would inherit %s", variable)
		}
	}
	for _, name := range names {
		if w.Getenv(name) != "canary of "+name {
			t.Errorf("%s is not to be had any more", name)
		}
	}
}

// TestNoFlagHoldsASecret: a command line is visible to every process.
func TestNoFlagHoldsASecret(t *testing.T) {
	for _, name := range FlagNames() {
		for _, word := range []string{"key", "secret", "password", "passwd", "credential", "pin"} {
			for part := range strings.SplitSeq(name, "-") {
				if part == word {
					t.Errorf("--%s", name)
				}
			}
		}
	}
}
