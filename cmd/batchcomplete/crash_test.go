package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"batchcomplete/internal/cli"
	"batchcomplete/internal/notify"
	"batchcomplete/internal/ums"
)

// TestACrashDoesNotTellASecret crashes the program itself (SIGQUIT has the
// runtime print every goroutine, as a panic does) while its workers wait for the
// gateway, and while it tells a monitor: the workers, the checkpoint's writer and
// main are in what is printed, and no secret is.
func TestACrashDoesNotTellASecret(t *testing.T) {
	bin, _ := programs(t)
	arrived := make(chan struct{}, 100)
	over := make(chan struct{})
	stall := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		arrived <- struct{}{}
		<-over
	}))
	defer stall.Close()
	defer close(over)
	for name, c := range map[string]struct{ monitor, frame string }{
		"in the workers": {"", "internal/batch."},
		"in a ping":      {stall.URL + "/" + canaryPing, "internal/notify."},
	} {
		t.Run(name, func(t *testing.T) {
			runs := newCanaries(t)
			if runs.env = append(runs.env, "BATCHCOMPLETE_PROXY=http://"+url.UserPassword("office", canaryPass).String()+"@127.0.0.1:9"); c.monitor != "" {
				runs.env = append(runs.env, "BATCHCOMPLETE_PING_URL="+c.monitor)
			}
			cmd := runs.command(t, bin, "run", "bills.csv", "--env", "test", "--base-url", stall.URL, "--db", "c.db", "--yes", "--log-level", "debug")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			select {
			case <-arrived:
			case <-time.After(20 * time.Second):
				t.Error("nothing was sent")
			}
			_ = cmd.Process.Signal(syscall.SIGQUIT)
			err := cmd.Wait()
			printed, _ := os.ReadFile(cmd.Stdout.(*os.File).Name())
			for _, frame := range []string{"SIGQUIT", "main.main", c.frame} {
				if !bytes.Contains(printed, []byte(frame)) {
					t.Errorf("%s is not in what a crash prints (%v):\n%.3000s", frame, err, printed)
				}
			}
			runs.search(t)
		})
	}
}

// TestAPanicWithWhatTheProgramHoldsDoesNotTellASecret runs itself as another
// process, which panics in a goroutine with what the commands hand around.
func TestAPanicWithWhatTheProgramHoldsDoesNotTellASecret(t *testing.T) {
	if name := os.Getenv("PANIC_WITH"); name != "" {
		held := whatIsHeld(t)[name]
		go func() {
			defer func() { panic(fmt.Sprintf("%+v %#v %v", held, held, recover())) }()
			panic(held)
		}()
		time.Sleep(time.Minute)
		return
	}
	for name := range whatIsHeld(t) {
		child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		child.Env = append(os.Environ(), "PANIC_WITH="+name, "GOTRACEBACK=all")
		out, err := child.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "panic:") {
			t.Fatalf("%s: it did not panic: %v\n%s", name, err, out)
		}
		for _, secret := range []string{canaryKey, canaryPing} {
			if form := find(secret, out); form != "" {
				t.Errorf("%s: a secret is in it (%s):\n%.4000s", name, form, out)
			}
		}
	}
}

// held is the key under which a context holds the gateway.
type held struct{}

func whatIsHeld(t *testing.T) map[string]any {
	t.Helper()
	key := ums.NewSecret(canaryKey)
	client, err := ums.New(ums.Config{BaseURL: ums.ProdURL, AppID: "id", AppKey: key})
	if err != nil {
		t.Fatal(err)
	}
	ping, err := notify.ParseAddress("https://monitor.example/" + canaryPing)
	if err != nil {
		t.Fatal(err)
	}
	a := &app{World: cli.World{Getenv: os.Getenv}, outside: outside{ping: ping}}
	door := &gateway{Client: client, appID: "id", stop: func() {}}
	return map[string]any{
		"app": a, "app itself": *a, "gateway": door, "gateway itself": *door, "outside": a.outside, "address": ping,
		"job": job{app: a, gateway: door}, "context": context.WithValue(context.Background(), held{}, door),
	}
}
