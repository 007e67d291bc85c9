package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"batchcomplete/internal/cli"
)

// refusingProxy is a proxy that refuses everybody, and says back who they are.
func refusingProxy(t *testing.T) (address string, asked *atomic.Int32) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	asked = new(atomic.Int32)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if request, err := http.ReadRequest(bufio.NewReader(conn)); err == nil && request.Method == http.MethodConnect {
				request.Header.Set("Authorization", request.Header.Get("Proxy-Authorization"))
				name, password, _ := request.BasicAuth()
				words := name + " " + password + " " + url.QueryEscape(password) + " " + request.Header.Get("Authorization")
				answer := "HTTP/1.1 407 " + words + "\r\nX: " + words + "\r\n\r\n"
				if asked.Add(1)%2 == 0 { // no HTTP at all, which errors repeat
					answer = strings.TrimPrefix(request.Header.Get("Authorization"), "Basic ") + "\r\n\r\n"
				}
				_, _ = io.WriteString(conn, answer)
			}
			_ = conn.Close()
		}
	}()
	return listener.Addr().String(), asked
}

// TestAProxysPasswordIsSaidNowhere, whatever the proxy says back and wherever its
// address stands.
func TestAProxysPasswordIsSaidNowhere(t *testing.T) {
	bin, _ := programs(t)
	c := newCanaries(t)
	host, asked := refusingProxy(t)
	run := []string{"run", "bills.csv", "--env", "test", "--base-url", "https://127.0.0.1:9", "--db", "c.db", "--yes", "--log-level", "debug", "--rate", "500",
		"--settle-window", "100ms", "--resolve-for", "300ms", "--timeout", "300ms", "--stop-after-failures", "0", "--max-duration", "2s"}
	credentials := url.UserPassword("office", canaryPass).String()
	env := c.env
	for _, address := range []string{"http://" + credentials + "@" + host, "socks5://" + credentials + "@" + host, "http://" + credentials + "@" + host + "/way", "://" + canaryPass} {
		c.env = append(env[:len(env):len(env)], "BATCHCOMPLETE_PROXY="+address)
		c.fails(t, bin, run...)
		c.succeeds(t, bin, "config", "show")
		c.succeeds(t, bin, "config", "show", "--json")
	}
	if asked.Load() < 2 {
		t.Errorf("the proxy was asked %d times", asked.Load())
	}
	c.search(t)
}

// TestAProxyIsTakenFromTheSettings: the file names it, the command line only one
// without a password, and what is no proxy's address is refused before anything
// is sent, in production too.
func TestAProxyIsTakenFromTheSettings(t *testing.T) {
	dir := t.TempDir()
	for _, at := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(at, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	host, asked := refusingProxy(t)
	config := filepath.Join(dir, "config.yaml")
	withoutKey(t, map[string]string{"UMS_APP_ID": "0123456789abcdef0123456789abcdef", "UMS_APP_KEY": testAppKey})
	args := []string{"run", manyBills(t, dir, "PROXY", 2, plainAmount), "--env", "test", "--base-url", "https://127.0.0.1:9", "--db", filepath.Join(dir, "test.db"), "--config", config,
		"--yes", "--rate", "500", "--resolve-for", "0s", "--timeout", "2s", "--max-duration", "5s", "--stop-after-failures", "1"}
	put(t, config, "proxy: http://office:hunter2@"+host+"\n")
	if o := call(t, args...).want(t, cli.Brake); asked.Load() == 0 || strings.Contains(o.errors+o.out, "hunter2") {
		t.Errorf("asked %d times\n%s\n%s", asked.Load(), o.errors, o.out)
	}
	if o := call(t, "config", "show", "--config", config).want(t, cli.OK); !strings.Contains(o.out, "http://"+host+"/REDACTED") || strings.Contains(o.out, "hunter2") {
		t.Errorf("config show: %s", o.out)
	}
	before := asked.Load()
	put(t, config, "env: prod\nproxy: socks5://office:hunter2@"+host+"\n")
	prod := []string{"run", args[1], "--env", "prod", "--db", filepath.Join(dir, "prod.db"), "--config", config, "--yes"}
	for _, refused := range [][]string{args, prod} {
		if o := call(t, refused...).want(t, cli.Usage); !strings.Contains(o.errors, "the proxy's address") || strings.Contains(o.errors, "hunter2") {
			t.Errorf("%v: %s", refused, o.errors)
		}
	}
	if o := call(t, "config", "check", "--config", config).want(t, cli.Usage); !strings.Contains(o.out, "the proxy's address") || strings.Contains(o.out, "hunter2") {
		t.Errorf("config check: %s", o.out)
	}
	put(t, config, "")
	if o := call(t, append(args, "--proxy", "http://office:hunter2@"+host)...).want(t, cli.Usage); !strings.Contains(o.errors, "BATCHCOMPLETE_PROXY") || strings.Contains(o.errors, "hunter2") {
		t.Errorf("a password on the command line: %s", o.errors)
	}
	if asked.Load() != before {
		t.Errorf("the proxy was asked %d times more", asked.Load()-before)
	}
	call(t, append(args, "--proxy", "http://"+host)...).want(t, cli.Brake)
	if asked.Load() == before {
		t.Error("--proxy was not used")
	}
}

// TestAnExposedSandboxSaysSo, and without --expose there is none.
func TestAnExposedSandboxSaysSo(t *testing.T) {
	over, end := context.WithCancel(t.Context())
	end()
	start := func(args ...string) outcome {
		var out, errs bytes.Buffer
		code := Run(cli.World{Args: append(args, "--lang", "en"), Getenv: func(string) string { return "" }, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Now: time.Now,
			Signals: &cli.Signals{Drain: over, Hard: over}})
		return outcome{code, out.String(), errs.String()}
	}
	const warning = "other machines can reach it"
	if o := start("sandbox", "--listen", "0.0.0.0:0"); o.code != cli.Failed || !strings.Contains(o.errors, "--expose") {
		t.Errorf("not told to: exit %d, %s", o.code, o.errors)
	}
	if o := start("sandbox", "--listen", "0.0.0.0:0", "--expose"); o.code != cli.OK || !strings.Contains(o.errors, warning) {
		t.Errorf("told to: exit %d, %s", o.code, o.errors)
	}
	if o := start("sandbox", "--expose"); o.code != cli.OK || strings.Contains(o.errors, warning) {
		t.Errorf("on loopback: exit %d, %s", o.code, o.errors)
	}
}
