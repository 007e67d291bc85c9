package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"batchcomplete/internal/ums"
)

// gateway is the sandbox, as a process of its own.
type gateway struct {
	cmd    *exec.Cmd
	url    string
	env    []string // the credentials, as the client reads them
	ledger string   // empty: none is kept
}

// startGateway starts a sandbox without faults on a free port of loopback.
func (b *bench) startGateway(ledger string) (*gateway, error) {
	args := []string{"sandbox", "--faults", "none", "--listen", "127.0.0.1:0"}
	if ledger != "" {
		args = append(args, "--ledger", ledger)
	}
	g := &gateway{cmd: exec.Command(b.program, args...), ledger: ledger}
	g.cmd.Stderr = os.Stderr
	out, err := g.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := g.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for g.url == "" && lines.Scan() {
		line := lines.Text()
		if setting, ok := strings.CutPrefix(line, "export "); ok {
			g.env = append(g.env, setting)
		}
		if _, url, ok := strings.Cut(line, "--base-url "); ok {
			g.url = strings.TrimSpace(url)
		}
	}
	if g.url == "" {
		return nil, errors.Join(errors.New("the sandbox did not say where it listens"), g.stop())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return g, nil
}

func (g *gateway) stop() error {
	if err := g.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	_ = g.cmd.Wait() // it ends by a signal
	return nil
}

// setting gives one of the credentials.
func (g *gateway) setting(name string) string {
	for _, line := range g.env {
		if value, ok := strings.CutPrefix(line, name+"="); ok {
			return value
		}
	}
	return ""
}

// with gives a child's arguments: URL APPID APPKEY, then more.
func (g *gateway) with(more ...string) []string {
	return append([]string{g.url, g.setting("UMS_APP_ID"), g.setting("UMS_APP_KEY")}, more...)
}

// clientOf makes the program's own client of a child's first three arguments.
func clientOf(args []string, c ums.Config) (*ums.Client, error) {
	c.BaseURL, c.AppID, c.AppKey = args[0], args[1], ums.NewSecret(args[2])
	return ums.New(c)
}

// arrivals gives when each completion reached the gateway, in order.
func (g *gateway) arrivals() ([]time.Time, error) {
	f, err := os.Open(g.ledger)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []time.Time
	for decoder := json.NewDecoder(f); ; {
		var line struct {
			At time.Time `json:"at"`
		}
		err := decoder.Decode(&line)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("the ledger: %w", err)
		}
		all = append(all, line.At)
	}
	slices.SortFunc(all, time.Time.Compare)
	return all, nil
}
