package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"batchcomplete/internal/cli"
	"batchcomplete/internal/sandbox"
)

// withoutKey is the environment without a key in it, and with what is added.
func withoutKey(t *testing.T, add map[string]string) {
	t.Helper()
	before := testEnv
	testEnv = map[string]string{"UMS_APP_ID": testAppID, "LANG": "en_US.UTF-8"}
	for name, value := range add {
		testEnv[name] = value
	}
	t.Cleanup(func() { testEnv = before })
}

// TestTheKeyIsTakenOnlyFromWhereItIsSafe runs against a gateway that would
// accept the key: where the key's place is not in order, nothing is sent.
func TestTheKeyIsTakenOnlyFromWhereItIsSafe(t *testing.T) {
	const other = "another/key+that=nobody&knows?0123"
	dir := t.TempDir()
	for _, at := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(at, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	systemd := func(name string, mode os.FileMode) string {
		credentials := filepath.Join(dir, name)
		if err := os.Mkdir(credentials, 0o700); err != nil {
			t.Fatal(err)
		}
		file(filepath.Join(name, "ums_app_key"), testAppKey, mode)
		return credentials
	}
	for _, c := range []struct {
		name string
		file string // app_key_file
		env  map[string]string
		want cli.Code
		says string
	}{
		{"a file", file("ok", testAppKey+"\n", 0o600), nil, cli.OK, ""},
		{"a file of Windows", file("crlf", testAppKey+"\r\n", 0o400), nil, cli.OK, ""},
		{"the environment first", file("other", other, 0o600), map[string]string{"UMS_APP_KEY": testAppKey}, cli.OK, ""},
		{"systemd", "", map[string]string{"CREDENTIALS_DIRECTORY": systemd("systemd", 0o400)}, cli.OK, ""},
		{"systemd with an access list", "", map[string]string{"CREDENTIALS_DIRECTORY": systemd("acl", 0o440)}, cli.OK, ""},
		{"systemd, for all", "", map[string]string{"CREDENTIALS_DIRECTORY": systemd("open", 0o444)}, cli.Usage, "mode 0444"},
		{"systemd without ours", "", map[string]string{"CREDENTIALS_DIRECTORY": dir}, cli.Usage, "missing"},
		{"others can read it", file("wide", testAppKey, 0o644), nil, cli.Usage, "mode 0644"},
		{"a second line", file("lines", testAppKey+"\nx\n", 0o600), nil, cli.Usage, "one line"},
		{"an empty file", file("empty", "\n", 0o600), nil, cli.Usage, "empty"},
		{"an endless file", file("endless", strings.Repeat("k", maxKey+1), 0o600), nil, cli.Usage, "longer"},
		{"no file", filepath.Join(dir, "none"), nil, cli.Usage, "app_key_file"},
		{"the key instead of its file", testAppKey, nil, cli.Usage, "app_key_file"},
		{"a key in the environment that is none", "", map[string]string{"UMS_APP_KEY": "a b"}, cli.Usage, "UMS_APP_KEY"},
		{"nowhere", "", nil, cli.Usage, "missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			work := t.TempDir()
			server := startGateway(t, sandbox.Options{KeepCalls: 10})
			withoutKey(t, c.env)
			args := append([]string{"run", manyBills(t, work, "AA", 1, plainAmount)}, at(work, server)...)
			if c.file != "" {
				config := filepath.Join(work, "config.yaml")
				if err := os.WriteFile(config, []byte("app_key_file: '"+c.file+"'\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				args = append(args, "--config", config)
			}
			o := call(t, args...).want(t, c.want)
			if !strings.Contains(o.errors, c.says) || strings.Contains(o.errors, other) {
				t.Errorf("it should speak of %q:\n%s", c.says, o.errors)
			}
			if calls := len(server.Calls()); (calls > 0) != (c.want == cli.OK) {
				t.Errorf("%d calls at the gateway", calls)
			}
		})
	}
}

func TestAKeyOnTheCommandLineIsNoFlag(t *testing.T) {
	for _, flag := range []string{"--app-key", "--key", "--app_key", "--secret"} {
		o := call(t, "run", "x", flag, testAppKey).want(t, cli.Usage)
		if !strings.Contains(o.errors, "unknown flag") {
			t.Error(o.errors)
		}
	}
}

// TestAProductionCheckpointStandsInAPrivateFolder: elsewhere it is refused before
// anything is made there; a rehearsal's is not.
func TestAProductionCheckpointStandsInAPrivateFolder(t *testing.T) {
	dir := t.TempDir()
	input := manyBills(t, dir, "AA", 1, plainAmount)
	open := filepath.Join(dir, "open")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	db, link := filepath.Join(open, "x.db"), filepath.Join(dir, "link.db")
	if err := os.Symlink(filepath.Join("open", "x.db"), link); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"run", input, "--yes", "--db", db}, {"run", input, "--yes", "--db", link}, {"resolve", "--db", db},
		{"decide", "1", "--as", "pending", "--reason", "seen", "--db", db}, {"approve", "bills", "--expect-rows", "1", "--db", db},
	} {
		o := call(t, append(args, "--env", "prod")...).want(t, cli.Usage)
		if _, err := os.Stat(db); err == nil || !strings.Contains(o.errors, "private folder") {
			t.Errorf("%q: it was made: %v\n%s", args, err, o.errors)
		}
	}
	server := startGateway(t, sandbox.Options{})
	call(t, append(append([]string{"run", input}, at(dir, server)...), "--db", db)...).want(t, cli.OK)
}
