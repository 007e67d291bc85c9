package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"batchcomplete/internal/sandbox"
	"batchcomplete/internal/ums"
)

// The canaries: a key, with every character that an encoding would change, and
// an authorisation code. What follows looks for them in all that failing runs
// leave behind.
const (
	canaryKey  = `CANARY/key+1=&<2>#3%4"~zz`
	canaryCode = "CANARYCODE77"
	canaryPing = "CANARY+ping=8&zz"  // in the path of a monitor's address
	canaryChat = "CANARY/chat+9 zz"  // in the query of a group chat's
	canaryPass = "CANARY/pass?10 zz" // a proxy's password
	canarySign = "CANARY/sign+11=zz" // what a robot's messages are signed by
)

// forms gives a text as it is and as it may be encoded; Base64 at each of the
// three places at which it can begin in a longer text.
func forms(text string) map[string]string {
	quoted, _ := json.Marshal(text)
	all := map[string]string{
		"raw": text, "hex": hex.EncodeToString([]byte(text)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(text))),
		"query": url.QueryEscape(text), "path": url.PathEscape(text), "HTML": html.EscapeString(text), "JSON": strings.Trim(string(quoted), `"`),
		"Go": strings.Trim(strconv.Quote(text), `"`), "bytes": strings.Trim(fmt.Sprint([]byte(text)), "[]"), "UTF-16": strings.Join(strings.Split(text, ""), "\x00"),
	}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 {
			encoded := encoding.EncodeToString(append(make([]byte, before), text...))
			all[fmt.Sprintf("base64 %d %p", before, encoding)] = encoded[(before*8+5)/6 : (before+len(text))*8/6]
		}
	}
	return all
}

// find gives the form in which a text is in some bytes, or in a member of the
// archive that they are; "" where it is not.
func find(text string, in []byte) string {
	for name, form := range forms(text) {
		if bytes.Contains(in, []byte(form)) {
			return name
		}
	}
	archive, err := zip.NewReader(bytes.NewReader(in), int64(len(in)))
	if err != nil {
		return ""
	}
	for _, member := range archive.File {
		r, err := member.Open()
		if err != nil {
			continue
		}
		unpacked, err := io.ReadAll(r)
		if form := find(text, unpacked); form != "" && err == nil {
			return member.Name + ", " + form
		}
	}
	return ""
}

// canaries is one failing run: a folder, in which everything that comes of it is
// kept, what is printed included.
type canaries struct {
	dir     string
	env     []string
	written int
}

func newCanaries(t *testing.T) *canaries {
	t.Helper()
	dir := t.TempDir()
	for _, at := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(at, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	c := &canaries{dir: dir, env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "LANG=en_US.UTF-8", "GOTRACEBACK=all", "UMS_APP_ID=" + testAppID, "UMS_APP_KEY=" + canaryKey}}
	c.put(t, "bills.csv", "mid,tid,billNo,billDate,authIdRespCd,totalAmount,customer\n"+
		"898440355410001,40001001,124FCANARY0000000000001,2026-11-20,"+canaryCode+",1908,张三\n"+
		"898440355410001,40001001,124FCANARY0000000000002,2026-11-20,"+canaryCode+",1909,李四\n"+
		"898440355410001,40001001,124FCANARY0000000000003,2026-11-20,"+canaryCode+" "+canaryCode+",1910,invalid\n"+
		"898440355410001,40001001,124FCANARY0000000000004,2026-11-20,"+canaryCode+",1911,twice\n"+
		"898440355410001,40001001,124FCANARY0000000000004,2026-11-20,"+canaryCode+"8,1911,twice\n")
	return c
}

// succeeds runs a program, which must end as one that did its work does.
func (c *canaries) succeeds(t *testing.T, bin string, args ...string) {
	t.Helper()
	cmd := c.command(t, bin, args...)
	if err := cmd.Run(); err != nil {
		printed, _ := os.ReadFile(cmd.Stdout.(*os.File).Name())
		t.Errorf("%v: %v\n%s", args, err, printed)
	}
}

func (c *canaries) put(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(c.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// command prepares a program; what it prints goes to files of the folder.
func (c *canaries) command(t *testing.T, bin string, args ...string) *exec.Cmd {
	t.Helper()
	c.written++
	out, err := os.Create(filepath.Join(c.dir, fmt.Sprintf("printed-%d", c.written)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = out.Close() })
	cmd := exec.Command(bin, args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = c.dir, c.env, out, out
	return cmd
}

// fails runs a program, which must not succeed.
func (c *canaries) fails(t *testing.T, bin string, args ...string) {
	t.Helper()
	if err := c.command(t, bin, args...).Run(); err == nil {
		t.Errorf("%v did not fail", args)
	}
}

// search looks into everything that the runs left. The key is nowhere; the code
// is in the checkpoint, in the accountant's own file, and in the accountant's own
// column of the results and of the check's copy.
func (c *canaries) search(t *testing.T) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(c.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name := entry.Name()
		if name == "key" || name == "config-with-key.yaml" { // where the test put it
			return nil
		}
		files++
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for what, secret := range map[string]string{"the key": canaryKey, "the monitor's address": canaryPing, "the group chat's address": canaryChat, "the proxy's password": canaryPass, "the robot's secret": canarySign} {
			if form := find(secret, text); form != "" {
				t.Errorf("%s is in %s (%s)\n%.4000s", what, name, form, text)
			}
		}
		inCheckpoint := strings.Contains(name, ".db")
		own := name == "bills.csv" || name == "good.csv" || strings.HasSuffix(name, ".results.csv") || strings.HasSuffix(name, ".results.xlsx") || strings.HasSuffix(name, ".check.xlsx")
		if form := find(canaryCode, text); form != "" && !inCheckpoint && !own {
			t.Errorf("the code is in %s (%s)\n%.4000s", name, form, text)
		}
		if n := bytes.Count(text, []byte(canaryCode)); name == "bills.results.csv" && n != 6 {
			t.Errorf("the code is %d times in the results, and was 6 times in the input:\n%s", n, text)
		}
		return nil
	})
	if err != nil || files < 2 {
		t.Errorf("%d files, %v", files, err)
	}
}

// programs builds both programs and gives their paths.
func programs(t *testing.T) (bin, reconcile string) {
	t.Helper()
	dir := t.TempDir()
	out, err := exec.Command("go", "build", "-o", dir+"/", "batchcomplete/cmd/...").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return filepath.Join(dir, "batchcomplete"), filepath.Join(dir, "reconcile")
}

// echo is a gateway that says back all that it was told, in every field that has
// words; its replies complete nothing.
func echo(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var told map[string]string
		_ = json.Unmarshal(body, &told)
		words := fmt.Sprintf("%s %s %v", told["authIdRespCd"], body, r.Header)
		reply := map[string]any{"errCode": "NEW_" + told["authIdRespCd"], "errMsg": words, "errInfo": words}
		for key, value := range told {
			reply[key] = value
		}
		text, _ := json.Marshal(reply)
		_, _ = w.Write(text)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// faulty is the sandbox with one fault for every completion.
func faulty(t *testing.T, key string, fault sandbox.Fault) string {
	t.Helper()
	server, err := sandbox.Start("127.0.0.1:0", sandbox.Options{AppID: testAppID, AppKey: ums.NewSecret(key), Behaviour: func(r sandbox.Request) sandbox.Fault {
		if r.Operation == sandbox.Completion {
			return fault
		}
		return sandbox.Fault{}
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server.URL
}

// TestTheCanariesAreFoundNowhere makes the program fail in every way that is
// known, and looks for the key and for the codes in all that it left behind.
func TestTheCanariesAreFoundNowhere(t *testing.T) {
	bin, reconcile := programs(t)
	run := func(url string, more ...string) []string {
		return append([]string{"run", "bills.csv", "--env", "test", "--base-url", url, "--db", "c.db", "--yes", "--log-level", "debug", "--rate", "500",
			"--settle-window", "100ms", "--resolve-for", "300ms", "--timeout", "300ms", "--stop-after-failures", "0"}, more...)
	}
	for name, do := range map[string]func(t *testing.T, c *canaries){
		"a key that the gateway refuses": func(t *testing.T, c *canaries) {
			c.fails(t, bin, run(faulty(t, "another", sandbox.Fault{}))...)
			c.fails(t, bin, run(faulty(t, "another", sandbox.Fault{}), "--auth", "token", "--log-format", "json")...)
		},
		"nobody there": func(t *testing.T, c *canaries) { c.fails(t, bin, run("http://127.0.0.1:9")...) },
		"every row refused, and asked about in every way": func(t *testing.T, c *canaries) {
			c.fails(t, bin, run(faulty(t, canaryKey, sandbox.Named("NO_BILL")), "--json")...)
			for _, args := range [][]string{{"rows", "--format", "csv"}, {"rows", "--format", "json"}, {"rows"}, {"show", "124FCANARY0000000000001"}, {"status"}, {"status", "--json"}} {
				if err := c.command(t, bin, append(args, "--env", "test", "--db", "c.db")...).Run(); err != nil {
					t.Errorf("%v: %v", args, err)
				}
			}
			if err := c.command(t, reconcile, "--env", "test", "--db", "c.db", "--out", "r.xlsx", "--json").Run(); err != nil {
				t.Log(err) // there are differences
			}
			c.fails(t, bin, "retry", "--code", "NO_BILL", "--env", "test", "--db", "c.db", "--base-url", "http://127.0.0.1:9", "--max-duration", "1ns", "--stop-after-failures", "1")
			c.fails(t, bin, "decide", "124FCANARY0000000000001", "--as", "completed", "--reason", "no", "--env", "test", "--db", "c.db")
		},
		"a gateway that says back what it was told": func(t *testing.T, c *canaries) {
			c.fails(t, bin, run(echo(t), "--log-format", "json")...)
			c.fails(t, bin, run(echo(t), "--auth", "token")...)
			if err := c.command(t, bin, "show", "124FCANARY0000000000001", "--env", "test", "--db", "c.db").Run(); err != nil {
				t.Error(err)
			}
		},
		"time-outs": func(t *testing.T, c *canaries) {
			c.fails(t, bin, run(faulty(t, canaryKey, sandbox.Named("stalled")))...)
		},
		"garbage": func(t *testing.T, c *canaries) {
			c.fails(t, bin, run(faulty(t, canaryKey, sandbox.Named("garbage")))...)
		},
		"results that cannot be written": func(t *testing.T, c *canaries) {
			c.fails(t, bin, run(faulty(t, canaryKey, sandbox.Fault{}), "--out", "bills.csv/results")...)
		},
		"a disk that is full": func(t *testing.T, c *canaries) {
			args := append([]string{"-c", `ulimit -f 64; exec "$0" "$@"`, bin}, run(faulty(t, canaryKey, sandbox.Fault{}))...)
			c.fails(t, "bash", args...)
		},
		"a crash in the middle of a request": func(t *testing.T, c *canaries) {
			arrived := make(chan struct{}, 100)
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				arrived <- struct{}{}
				_, _ = io.Copy(io.Discard, r.Body)
				<-r.Context().Done()
			}))
			defer server.Close()
			cmd := c.command(t, bin, run(server.URL, "--timeout", "30s")...)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			select {
			case <-arrived:
			case <-time.After(30 * time.Second):
				t.Error("no request came")
			}
			if err := cmd.Process.Signal(syscall.SIGQUIT); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err == nil {
				t.Error("it did not crash")
			}
		},
		"a configuration that is wrong": func(t *testing.T, c *canaries) {
			c.env = c.env[:len(c.env)-1] // the key is in no variable
			for _, text := range []string{
				"app_key: '" + canaryKey + "'\n", "app_key_file: '" + canaryKey + "'\n", "app_key_file: [\n'" + canaryKey + "'\n",
			} {
				path := c.put(t, "config-with-key.yaml", text)
				c.fails(t, bin, run("http://127.0.0.1:9", "--config", path)...)
			}
			c.put(t, "key", canaryKey+"\nsecond line "+canaryKey+"\n")
			path := c.put(t, "config.yaml", "app_key_file: key\n")
			c.fails(t, bin, run("http://127.0.0.1:9", "--config", path)...)
			if err := os.Chmod(filepath.Join(c.dir, "key"), 0o644); err != nil {
				t.Fatal(err)
			}
			c.fails(t, bin, run("http://127.0.0.1:9", "--config", path)...)
		},
		"an address that is wrong": func(t *testing.T, c *canaries) {
			c.fails(t, bin, run("https://user:"+url.PathEscape(canaryKey)+"@127.0.0.1")...)
			c.fails(t, bin, run("https://user:"+url.PathEscape(canaryKey)+"@127.0.0.1:port")...)
		},
		"the embedded sandbox": func(t *testing.T, c *canaries) {
			c.fails(t, bin, "run", "bills.csv", "--env", "sandbox", "--db", "c.db", "--yes", "--log-level", "debug", "--rate", "500", "--settle-window", "1s")
			c.fails(t, bin, "check", "bills.csv", "--env", "sandbox", "--db", "c2.db", "--out", c.dir)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCanaries(t)
			do(t, c)
			c.search(t)
		})
	}
}
