package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"batchcomplete/internal/cli"
)

func TestProductionIsConfirmedByItsOwnWordOnly(t *testing.T) {
	for _, c := range []struct {
		env, answer string
		want        bool
	}{
		{envProd, "prod\n", true}, {envProd, " PROD ", true}, {envProd, "y", false}, {envProd, "yes", false}, {envProd, "", false}, {envProd, "test", false},
		{envTest, "y\n", true}, {envTest, "是", true}, {envTest, "test", true}, {envTest, "", false}, {envTest, "n", false}, {envTest, "prod", false},
	} {
		if got := agrees(c.env, c.answer); got != c.want {
			t.Errorf("%s %q: %v", c.env, c.answer, got)
		}
	}
}

func TestPracticeCredentialsNeverReachProduction(t *testing.T) {
	dir := folder(t)
	args := []string{"run", filepath.Join(dir, "bills.csv"), "--env", "prod", "--db", filepath.Join(dir, "p.db"), "--yes"}
	keep := testEnv["UMS_APP_ID"]
	defer func() { testEnv["UMS_APP_ID"] = keep }()
	for _, id := range practiceIDs {
		testEnv["UMS_APP_ID"] = id
		o := call(t, args...).want(t, cli.Usage)
		if !strings.Contains(o.errors, "practice") {
			t.Errorf("%s", o.errors)
		}
	}
}

// TestOnATerminalProductionIsInColourAndAsks runs the program on a real terminal,
// which script(1) makes, and answers "y".
func TestOnATerminalProductionIsInColourAndAsks(t *testing.T) {
	if _, err := exec.LookPath("script"); err != nil {
		t.Skip("there is no script(1)")
	}
	dir, bin := folder(t), binary(t)
	for _, noColour := range []bool{false, true} {
		c := exec.Command("script", "-qec", bin+" run "+filepath.Join(dir, "bills.csv")+" --env prod --lang en --db "+filepath.Join(dir, "p.db"), "/dev/null")
		c.Env = append(os.Environ(), "UMS_APP_ID=ABCDEFGHIJKLMNOPQRSTUVWX00004321", "UMS_APP_KEY="+testAppKey, "TERM=xterm")
		if noColour {
			c.Env = append(c.Env, "NO_COLOR=1")
		}
		c.Stdin = strings.NewReader("y\n")
		out, _ := c.CombinedOutput()
		text := string(out)
		if strings.Contains(text, "\x1b[1;37;41m") == noColour || !strings.Contains(text, "PRODUCTION: real money moves, appId …4321") {
			t.Errorf("NO_COLOR %v:\n%q", noColour, text)
		}
		if !strings.Contains(text, "Type prod to send") || !strings.Contains(text, "nothing was sent") {
			t.Errorf("%s", text)
		}
	}
	o := call(t, "status", "--env", "prod", "--db", filepath.Join(dir, "p.db")).want(t, cli.OK)
	if !strings.Contains(o.out, "pending") || strings.Contains(o.out, "unknown") {
		t.Errorf("%s", o.out)
	}
}
