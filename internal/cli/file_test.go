package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const profiles = `
rate: 30
timeout: 5s
tid: 00123
profiles:
  shop-a:
    rate: 3
    tid: 0777
    app_id: "a"
    columns: &cols { billNo: [票号] }
  shop_b:
    app_id: "b"
    columns: *cols
`

func TestAProfileIsTheCommonPartAndItsOwn(t *testing.T) {
	for _, c := range []struct {
		profile, tid, id, origin string
		rate                     int
	}{{"shop-a", "0777", "a", "file: profiles.shop-a", 3}, {"shop_b", "00123", "b", "file", 30}} {
		s, err := settings(t, profiles, nil, "--profile", c.profile)
		if err != nil {
			t.Fatal(err)
		}
		if s.Int("rate") != c.rate || s.Origin("rate") != c.origin || s.Duration("timeout") != 5*time.Second || s.FileText("app-id") != c.id || s.Profile() != c.profile {
			t.Errorf("%s: rate %d from %s, app-id %q", c.profile, s.Int("rate"), s.Origin("rate"), s.FileText("app-id"))
		}
		if s.String("tid") != c.tid {
			t.Errorf("%s: tid %q: an identifier is what was written", c.profile, s.String("tid"))
		}
		var columns map[string][]string
		if ok, err := s.Section("columns", &columns); !ok || err != nil || columns["billNo"][0] != "票号" {
			t.Errorf("%s: %v, %v", c.profile, columns, err)
		}
	}
	if s, err := settings(t, profiles, map[string]string{"BATCHCOMPLETE_PROFILE": "shop-a", "BATCHCOMPLETE_RATE": "7"}); err != nil || s.Int("rate") != 7 || s.Profile() != "shop-a" {
		t.Errorf("%v %v", s, err)
	}
	if s, err := settings(t, profiles+"profile: shop_b\n", nil); err != nil || s.Profile() != "shop_b" {
		t.Errorf("%v %v", s, err)
	}
}

func TestAProfileThatCouldBeMistakenIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		file, profile, says string
	}{
		"none chosen":              {profiles, "", "which one is not said"},
		"one that is not there":    {profiles, "shop-c", "shop-c"},
		"no file at all":           {"", "shop-a", "shop-a"},
		"an unknown key in it":     {"profiles: {a: {raet: 3}}\n", "a", "raet"},
		"in another one":           {"profiles: {a: {}, b: {raet: 3}}\n", "a", "raet"},
		"a profile in a profile":   {"profiles: {a: {profile: b}}\n", "a", "profile"},
		"a name that is a path":    {"profiles: {../a: {}}\n", "../a", "../a"},
		"one checkpoint for all":   {"db: x.db\nprofiles: {a: {}}\n", "a", "common part"},
		"one checkpoint for two":   {"profiles: {a: {db: x.db}, b: {db: x.db}}\n", "a", "x.db"},
		"the key in both ways":     {"settle-window: 3m\nsettle_window: 4m\n", "", "twice"},
		"a list for one value":     {"rate: [3, 4]\n", "", "single value"},
		"a map for one value":      {"rate: {a: 3}\n", "", "single value"},
		"a second document":        {"rate: 3\n---\nrate: 4\n", "", "second document"},
		"the same key once more":   {"rate: 3\nrate: 4\n", "", "rate"},
		"a configuration in it":    {"config: x.yaml\n", "", "config"},
		"a key of the gateway's":   {"app_key: hunter2\n", "", "app_key"},
		"profiles that are a list": {"profiles: [a]\n", "", "profiles"},
	} {
		var args []string
		if c.profile != "" {
			args = []string{"--profile", c.profile}
		}
		_, err := settings(t, c.file, map[string]string{"BATCHCOMPLETE_LANG": "en"}, args...)
		if CodeOf(err) != Usage || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the value of an unknown key is printed", name)
		}
	}
}

func TestEveryWrongValueIsNamedWithItsLine(t *testing.T) {
	_, err := settings(t, "rate: fast\n\ntimeout: soon\n", nil)
	if CodeOf(err) != Usage || !strings.Contains(err.Error(), "yaml:1: rate") || !strings.Contains(err.Error(), "yaml:3: timeout") {
		t.Error(err)
	}
}

func TestAConfigurationThatOthersCanWriteIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte("rate: 3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for mode, refused := range map[os.FileMode]bool{0o600: false, 0o644: false, 0o400: false, 0o664: true, 0o620: true, 0o666: true, 0o602: true} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := settings(t, "", nil, "--config", path)
		var e *Error
		if errors.As(err, &e) != refused || refused && !strings.Contains(e.Hint, "chmod go-w "+path) {
			t.Errorf("%v: %v", mode, err)
		}
	}
}
