package main

import (
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"batchcomplete/internal/cli"
)

// TestProductionIsElsewhereOnlyWhereTheFileSaysSo runs production against a
// server on loopback, which only prod_url of the configuration file may name.
func TestProductionIsElsewhereOnlyWhereTheFileSaysSo(t *testing.T) {
	dir := t.TempDir()
	for _, at := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(at, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	var requests atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	ca := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "config.yaml")
	args := []string{"run", manyBills(t, dir, "PROD", 2, plainAmount), "--env", "prod", "--db", filepath.Join(dir, "prod.db"), "--config", config, "--ca-file", ca,
		"--yes", "--rate", "500", "--resolve-for", "0s", "--timeout", "2s", "--max-duration", "1m"}
	withoutKey(t, map[string]string{"UMS_APP_ID": "0123456789abcdef0123456789abcdef", "UMS_APP_KEY": testAppKey, "BATCHCOMPLETE_PROD_URL": server.URL, "PROD_URL": server.URL})

	put(t, config, "ca_file: "+ca+"\n")
	call(t, "run", "--prod-url", server.URL, "--env", "prod").want(t, cli.Usage)
	if o := call(t, "config", "show", "--config", config).want(t, cli.OK); strings.Contains(o.out, server.URL) {
		t.Errorf("a variable names production's host:\n%s", o.out)
	}
	for _, refused := range []string{strings.Replace(server.URL, "https:", "http:", 1), server.URL + "/v1", "https://test-api-open.chinaums.com", "gateway"} {
		put(t, config, "env: prod\nprod_url: "+refused+"\n")
		if o := call(t, args...).want(t, cli.Usage); !strings.Contains(o.errors, "prod_url") {
			t.Errorf("%s: %s", refused, o.errors)
		}
		if o := call(t, "config", "check", "--config", config).want(t, cli.Usage); !strings.Contains(o.out, "address") {
			t.Errorf("%s: config check says nothing of it: %s", refused, o.out)
		}
	}
	if requests.Load() != 0 {
		t.Fatalf("%d requests", requests.Load())
	}

	put(t, config, "prod_url: "+server.URL+"\n")
	o := call(t, args...)
	if requests.Load() == 0 || !strings.Contains(o.errors, "NOT at UMS's own address") || !strings.Contains(o.errors, server.URL) {
		t.Errorf("%d requests; %s", requests.Load(), o.errors)
	}
	if o := call(t, "config", "show", "--config", config).want(t, cli.OK); !strings.Contains(o.out, server.URL) {
		t.Errorf("config show does not list it:\n%s", o.out)
	}
}

// TestBaseURLIsForTheTestEnvironmentAlone, wherever it stands: elsewhere it would
// be passed over, and whoever wrote it would think that it holds.
func TestBaseURLIsForTheTestEnvironmentAlone(t *testing.T) {
	config := filepath.Join(t.TempDir(), "config.yaml")
	withoutKey(t, map[string]string{"UMS_APP_ID": "0123456789abcdef0123456789abcdef", "UMS_APP_KEY": testAppKey})
	for env, want := range map[string]cli.Code{"prod": cli.Usage, "sandbox": cli.Usage, "test": cli.OK} {
		put(t, config, "env: "+env+"\nbase-url: https://127.0.0.1:9\n")
		o := call(t, "config", "check", "--config", config).want(t, want)
		if says := strings.Contains(o.out, "--base-url goes with --env test only"); says != (want == cli.Usage) {
			t.Errorf("%s: %s", env, o.out)
		}
	}
}
