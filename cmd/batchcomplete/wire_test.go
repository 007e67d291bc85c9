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

	"batchcomplete/internal/batch"
	"batchcomplete/internal/cli"
)

// TestRowsStayPendingWhereTheGatewayCannotProveItself runs against a server
// whose certificate is nobody's that the machine knows, and then trusts it.
func TestRowsStayPendingWhereTheGatewayCannotProveItself(t *testing.T) {
	dir := t.TempDir()
	var requests atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	args := []string{"run", manyBills(t, dir, "TLS", 5, plainAmount), "--env", "test", "--base-url", server.URL, "--db", filepath.Join(dir, "test.db"),
		"--yes", "--json", "--stop-after-failures", "3", "--rate", "500", "--resolve-for", "0s", "--max-duration", "1m"}
	r := call(t, args...).want(t, cli.Brake).json(t)
	if r.States[batch.Pending].Rows != 5 || requests.Load() != 0 {
		t.Errorf("%+v, and %d requests", r.States, requests.Load())
	}
	rows := call(t, "rows", "--env", "test", "--db", filepath.Join(dir, "test.db"), "--format", "csv").want(t, cli.OK).out
	if !strings.Contains(rows, "never_sent") || !strings.Contains(rows, "certificate") {
		t.Errorf("nothing says why:\n%s", rows)
	}
	ca := filepath.Join(dir, "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(ca, text, 0o600); err != nil {
		t.Fatal(err)
	}
	call(t, append(args, "--ca-file", ca)...)
	if requests.Load() == 0 {
		t.Error("the authority of --ca-file is not trusted")
	}
	if err := os.WriteFile(ca, []byte("none"), 0o600); err != nil {
		t.Fatal(err)
	}
	call(t, append(args, "--ca-file", ca)...).want(t, cli.Usage)
}
