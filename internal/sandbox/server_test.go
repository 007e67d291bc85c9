package sandbox

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"batchcomplete/internal/ums"
)

// TestTheSandboxListensOnLoopbackOnly: a simulated gateway is not for other
// machines, whatever address it is given.
func TestTheSandboxListensOnLoopbackOnly(t *testing.T) {
	for address, ok := range map[string]bool{
		"127.0.0.1:0": true, "localhost:0": true,
		"0.0.0.0:0": false, ":0": false, "[::]:0": false, "192.0.2.1:0": false, "gateway.example:0": false, "127.0.0.1.evil.example:0": false, "127.0.0.1": false,
	} {
		server, err := Start(address, Options{AppID: "id", AppKey: ums.NewSecret("key")})
		if ok != (err == nil) {
			t.Errorf("%s: %v", address, err)
		}
		if err == nil {
			if !strings.HasPrefix(server.URL, "http://127.0.0.1:") && !strings.HasPrefix(server.URL, "http://[::1]:") {
				t.Errorf("%s listens on %s", address, server.URL)
			}
			_ = server.Close()
		}
	}
}

// TestTheSandboxListensElsewhereOnlyWhereItIsToldTo: told so, it does, and says
// that it is not on loopback alone.
func TestTheSandboxListensElsewhereOnlyWhereItIsToldTo(t *testing.T) {
	for address, loopback := range map[string]bool{"0.0.0.0:0": false, "127.0.0.1:0": true} {
		server, err := Start(address, Options{AppID: "id", AppKey: ums.NewSecret("key"), Exposed: true})
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		if server.Loopback != loopback {
			t.Errorf("%s: on loopback alone: %v", address, server.Loopback)
		}
	}
}

// TestALedgerIsARegularFile: a pipe would keep it waiting for good.
func TestALedgerIsARegularFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{AppID: "id", AppKey: ums.NewSecret("key"), LedgerFile: path}); err == nil || !strings.Contains(err.Error(), "no regular file") {
		t.Error(err)
	}
}
