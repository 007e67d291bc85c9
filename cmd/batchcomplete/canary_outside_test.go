package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"batchcomplete/internal/sandbox"
)

// receiver is a monitor and a group chat that keep what they are sent, headers
// included, in files of the run's folder: all but the address itself. What each
// answers with is given the address.
func (c *canaries) receiver(t *testing.T, answer func(w http.ResponseWriter, address string)) {
	t.Helper()
	var received atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		path := filepath.Join(c.dir, fmt.Sprintf("received-%d", received.Add(1)))
		if err := os.WriteFile(path, fmt.Appendf(nil, "%v\n%s", r.Header, body), 0o600); err != nil {
			t.Error(err)
		}
		answer(w, r.URL.String())
	}))
	t.Cleanup(func() {
		server.Close()
		if received.Load() == 0 {
			t.Error("nothing was received")
		}
	})
	c.env = append(c.env, "BATCHCOMPLETE_PING_URL="+server.URL+"/"+url.PathEscape(canaryPing),
		"BATCHCOMPLETE_NOTIFY_URL="+server.URL+"/send?key="+url.QueryEscape(canaryChat), "BATCHCOMPLETE_NOTIFY_KIND=dingtalk", "BATCHCOMPLETE_NOTIFY_SECRET="+canarySign, "BATCHCOMPLETE_METRICS_FILE="+filepath.Join(c.dir, "run.prom"))
}

// TestTheCanariesAreFoundNowhereOutside has runs that fail and one that is good
// told to a monitor, a group chat and a file of metrics, and handed to the
// auditors.
func TestTheCanariesAreFoundNowhereOutside(t *testing.T) {
	bin, _ := programs(t)
	run := func(file, url string, more ...string) []string {
		return append([]string{"run", file, "--env", "test", "--base-url", url, "--db", "c.db", "--yes", "--log-level", "debug", "--rate", "500",
			"--settle-window", "100ms", "--resolve-for", "300ms", "--timeout", "300ms", "--stop-after-failures", "0"}, more...)
	}
	good := "mid,tid,billNo,billDate,authIdRespCd,totalAmount\n898440355410001,40001001,124FCANARY0000000000011,2026-11-20," + canaryCode + ",1908\n"
	kind := func(w http.ResponseWriter, _ string) { _, _ = io.WriteString(w, `{"errcode":0,"errmsg":"ok"}`) }
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter, address string)
		do     func(t *testing.T, c *canaries)
	}{
		"a good run, and its audit": {kind, func(t *testing.T, c *canaries) {
			c.put(t, "good.csv", good)
			c.succeeds(t, bin, run("good.csv", faulty(t, canaryKey, sandbox.Fault{}), "--json")...)
			c.succeeds(t, bin, "export", "good", "--env", "test", "--db", "c.db", "--out", "audit")
			c.succeeds(t, bin, "verify", "audit", "--env", "test", "--db", "c.db")
			c.succeeds(t, bin, "verify", "audit", "--env", "test", "--db", "c.db", "--json")
			c.succeeds(t, bin, "config", "show")
			c.succeeds(t, bin, "config", "show", "--json")
		}},
		"a gateway that says back what it was told, and its audit": {kind, func(t *testing.T, c *canaries) {
			c.fails(t, bin, run("bills.csv", echo(t))...)
			c.fails(t, bin, run("bills.csv", echo(t), "--auth", "token", "--log-format", "json")...)
			c.succeeds(t, bin, "export", "bills", "--env", "test", "--db", "c.db", "--out", "audit")
			c.put(t, "audit/rows.csv", "tampered")
			c.fails(t, bin, "verify", "audit", "--env", "test", "--db", "c.db", "--json")
			c.fails(t, bin, "verify", "audit", "--env", "test", "--db", "c.db")
		}},
		"a key that is refused": {kind, func(t *testing.T, c *canaries) {
			c.fails(t, bin, run("bills.csv", faulty(t, "another", sandbox.Fault{}))...)
		}},
		"a file that is refused": {kind, func(t *testing.T, c *canaries) {
			c.fails(t, bin, run("bills.csv", "http://127.0.0.1:9", "--expect-rows", "77")...)
		}},
		"receivers that say back their address and fail": {func(w http.ResponseWriter, address string) {
			w.Header().Set("Location", address)
			http.Error(w, address, http.StatusInternalServerError)
		}, func(t *testing.T, c *canaries) {
			c.fails(t, bin, run("bills.csv", faulty(t, canaryKey, sandbox.Named("NO_BILL")))...)
		}},
		"receivers that say back their address and refuse": {func(w http.ResponseWriter, address string) {
			plain, _ := url.QueryUnescape(address)
			_, _ = fmt.Fprintf(w, `{"errcode":93000,"errmsg":%q}`, address+" "+plain+" "+strings.TrimPrefix(plain, "/send?key="))
		}, func(t *testing.T, c *canaries) {
			c.fails(t, bin, run("bills.csv", faulty(t, canaryKey, sandbox.Named("NO_BILL")), "--log-format", "json")...)
		}},
		"a secret that cannot be used": {kind, func(t *testing.T, c *canaries) {
			here := run("bills.csv", faulty(t, canaryKey, sandbox.Fault{}))
			c.fails(t, bin, here...)
			env := c.env
			for _, wrong := range []string{"BATCHCOMPLETE_NOTIFY_KIND=wecom", "BATCHCOMPLETE_NOTIFY_SECRET=" + canarySign + "\n" + canarySign} {
				c.env = append(env[:len(env):len(env)], wrong)
				c.fails(t, bin, here...)
			}
			c.env = append(env[:len(env):len(env)], "BATCHCOMPLETE_NOTIFY_SECRET=")
			for _, text := range []string{"notify_secret: '" + canarySign + "'\n", "notify_secret_file: '" + canarySign + "'\n"} {
				c.fails(t, bin, append(here, "--config", c.put(t, "config-with-key.yaml", text))...)
			}
			c.put(t, "key", canarySign+"\n")
			c.fails(t, bin, append(here, "--config", c.put(t, "config.yaml", "notify_secret_file: key\n"))...)
		}},
		"receivers that redirect": {func(w http.ResponseWriter, address string) {
			w.Header().Set("Location", "http://127.0.0.1:9"+address)
			w.WriteHeader(http.StatusTemporaryRedirect)
		}, func(t *testing.T, c *canaries) {
			c.fails(t, bin, run("bills.csv", faulty(t, canaryKey, sandbox.Fault{}))...)
		}},
		"receivers that hang up": {func(http.ResponseWriter, string) { panic(http.ErrAbortHandler) }, func(t *testing.T, c *canaries) {
			c.fails(t, bin, run("bills.csv", faulty(t, canaryKey, sandbox.Fault{}))...)
		}},
		"addresses that are wrong": {kind, func(t *testing.T, c *canaries) {
			here := run("bills.csv", faulty(t, canaryKey, sandbox.Fault{}))
			c.fails(t, bin, here...)
			for _, name := range []string{"PING", "NOTIFY"} {
				env := c.env
				for _, address := range []string{"http://gateway.example/" + canaryPing, "https://\x7f/" + canaryPing, "https://host:port/" + url.PathEscape(canaryPing), url.PathEscape(canaryChat)} {
					c.env = append(env[:len(env):len(env)], "BATCHCOMPLETE_"+name+"_URL="+address)
					c.fails(t, bin, here...)
				}
				c.env = env
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			runs := newCanaries(t)
			runs.receiver(t, c.answer)
			c.do(t, runs)
			runs.search(t)
			if metrics, err := os.ReadFile(filepath.Join(runs.dir, "run.prom")); err != nil || len(metrics) == 0 {
				t.Errorf("no metrics: %v", err)
			}
		})
	}
}
