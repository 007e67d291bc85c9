package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"batchcomplete/internal/lang"
)

func TestTheMostUrgentCodeWins(t *testing.T) {
	for _, c := range []struct {
		codes []Code
		want  Code
	}{
		{nil, OK}, {[]Code{OK, Differences}, Differences}, {[]Code{Differences, Doubt}, Doubt}, {[]Code{Doubt, Brake}, Brake},
		{[]Code{TimeUp, Doubt}, Doubt}, {[]Code{Interrupted, Doubt}, Interrupted}, {[]Code{Failed, Brake}, Failed}, {[]Code{77, Differences}, Failed},
	} {
		if got := Urgent(c.codes...); got != c.want {
			t.Errorf("%v: %d, want %d", c.codes, got, c.want)
		}
	}
}

func settings(t *testing.T, file string, env map[string]string, args ...string) (*Settings, error) {
	t.Helper()
	fs := pflag.NewFlagSet("x", pflag.ContinueOnError)
	AddFlags(fs, lang.En, "config", "profile", "rate", "timeout", "env", "yes", "lang", "tid", "db*")
	if file != "" {
		path := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--config", path)
	}
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	return Load(fs, func(name string) string { return env[name] })
}

func TestAFlagComesBeforeTheEnvironmentBeforeTheFileBeforeTheDefault(t *testing.T) {
	const file = "rate: 30\ntimeout: 5s\ndb: [a, b]\n"
	env := map[string]string{"BATCHCOMPLETE_RATE": "20"}
	for _, c := range []struct {
		file string
		env  map[string]string
		args []string
		want int
	}{
		{"", nil, nil, 10}, {file, nil, nil, 30}, {file, env, nil, 20}, {file, env, []string{"--rate", "40"}, 40},
	} {
		s, err := settings(t, c.file, c.env, c.args...)
		if err != nil || s.Int("rate") != c.want {
			t.Errorf("%d, %v; want %d", s.Int("rate"), err, c.want)
		}
	}
	s, err := settings(t, file, nil)
	if err != nil || s.Duration("timeout") != 5*time.Second || len(s.Strings("db")) != 2 || s.Origin("rate") != "file" {
		t.Errorf("%v %v", s, err)
	}
}

func TestAWrongSettingIsRefusedByNameAndPlace(t *testing.T) {
	for file, says := range map[string]string{"rate_limt: 3\n": "rate_limt", "rate: fast\n": "fast", "rate: [\n": "YAML"} {
		_, err := settings(t, file, nil)
		if CodeOf(err) != Usage || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", file, err)
		}
	}
	if _, err := settings(t, "", map[string]string{"BATCHCOMPLETE_RATE": "fast"}); CodeOf(err) != Usage || !strings.Contains(err.Error(), "BATCHCOMPLETE_RATE") {
		t.Error(err)
	}
	_, err := settings(t, "tiemout: 3s\n", nil)
	var e *Error
	if !errors.As(err, &e) || !strings.Contains(e.Hint, "timeout") {
		t.Errorf("the hint does not name the nearest word: %+v", e)
	}
}

func TestTheFirstSignalDrainsAndTheSecondStops(t *testing.T) {
	arrived := make(chan os.Signal, 2)
	s := watch(context.Background(), arrived)
	if s.Code() != OK || s.Drain.Err() != nil {
		t.Fatal("before any signal")
	}
	arrived <- syscall.SIGTERM
	<-s.Drain.Done()
	if s.Hard.Err() != nil || s.Code() != Terminated {
		t.Errorf("after the first: %v, %d", s.Hard.Err(), s.Code())
	}
	arrived <- syscall.SIGINT
	<-s.Hard.Done()
	if s.Code() != Terminated {
		t.Errorf("the second changed the code to %d", s.Code())
	}
}

func TestWhatOthersWroteCannotForgeALine(t *testing.T) {
	var b bytes.Buffer
	for _, format := range []string{"text", "json"} {
		log, err := NewLogger(&b, format, "info")
		if err != nil {
			t.Fatal(err)
		}
		log.Info("x", "message", "a\nlevel=ERROR msg=forged\x1b[31m", "error", errors.New("b\r\nforged"))
	}
	if lines := strings.Count(b.String(), "\n"); lines != 2 || strings.Contains(b.String(), "\x1b") {
		t.Errorf("%q", b.String())
	}
	if got := OneLine("a\u202eb\x07\n\tc"); got != "a?b? c" {
		t.Errorf("%q", got)
	}
}

func TestATableLinesUpUnderChineseCharacters(t *testing.T) {
	var b strings.Builder
	if err := Table(&b, [][]string{{"状态", "笔数"}, {"completed", "5"}, {"已完成", "12"}}, 1); err != nil {
		t.Fatal(err)
	}
	if want := "状态       笔数\ncompleted     5\n已完成       12\n"; b.String() != want {
		t.Errorf("\n%s\n%s", b.String(), want)
	}
}

func TestEveryExitCodeIsExplained(t *testing.T) {
	for _, l := range []lang.Lang{lang.Zh, lang.En} {
		seen := map[string]Code{}
		for _, code := range Codes {
			text := ExitText(l, code)
			if other, twice := seen[text]; twice && code != Terminated {
				t.Errorf("%d is explained as %d is", code, other)
			}
			seen[text] = code
		}
		if len(Codes) != len(urgency) || ExitText(l, 77) != ExitText(l, Failed) {
			t.Error("a code is left out")
		}
	}
}
