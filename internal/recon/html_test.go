package recon

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"batchcomplete/internal/lang"
)

// markup are texts that would be more than text in a page; URL is put in for @@.
var markup = []string{
	`<script src="@@/script"></script>`, `<script>fetch("@@/fetch")</script>`, `<img src="@@/img" onerror="fetch('@@/onerror')">`, `" onmouseover="fetch('@@/over')" x="`, `' onload='fetch("@@/load")' x='`,
	`<a href="javascript:fetch('@@/href')">x</a>`, `javascript:fetch('@@/plain')`, `</td></table><iframe src="@@/frame"></iframe>`, `<svg onload=fetch("@@/svg")>`, `</style><style>@import "@@/style";</style>`,
	`</title><meta http-equiv="refresh" content="0;url=@@/refresh">`, `<link rel="stylesheet" href="@@/link">`, `<base href="@@/">`, `--><!--`, `{{.}}`, `<form action="@@/form"><input autofocus onfocus=submit()>`, `<object data="@@/object">`, `\x00</code><b>`,
}

// pageOf is the page with a text wherever it can have one.
func pageOf(t *testing.T, text string) string {
	t.Helper()
	var v view
	fill(reflect.ValueOf(&v).Elem(), text)
	var out bytes.Buffer
	if err := (Workbook{Lang: lang.En}).page(&out, v); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Uint8:
		v.SetUint(uint64(OnlyOurs))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i), text)
			}
		}
	}
}

var (
	tag   = regexp.MustCompile(`<[^>]*>`)
	value = regexp.MustCompile(`"[^"]*"`)
)

// skeleton is a page's tags and attributes in order, without what stands in them.
func skeleton(page string) []string {
	var all []string
	for _, one := range tag.FindAllString(page, -1) {
		all = append(all, value.ReplaceAllString(one, `""`))
	}
	return all
}

// TestNoTextChangesWhatThePageIsMadeOf: with a hostile text in every place it has
// the same tags and attributes as with a plain one.
func TestNoTextChangesWhatThePageIsMadeOf(t *testing.T) {
	plain := skeleton(pageOf(t, "plain"))
	if len(plain) < 150 {
		t.Errorf("only %d tags", len(plain))
	}
	for _, text := range append(markup, strings.Join(markup, "\n")) {
		page := pageOf(t, strings.ReplaceAll(text, "@@", "http://127.0.0.1:9"))
		if got := skeleton(page); !slices.Equal(got, plain) {
			t.Errorf("%.60q makes %d tags of %d", text, len(got), len(plain))
		}
	}
}

// TestNoTextTurnsThePageAround: what is read there is what stands there.
func TestNoTextTurnsThePageAround(t *testing.T) {
	page := pageOf(t, "\u202e19.08\u2066\x1b[2J\u200b\u2028\xff")
	for _, r := range page {
		if r != '\n' && !lang.Safe(r) {
			t.Errorf("%U is in it", r)
		}
	}
}

// TestThePagesPolicyForbidsEverythingButItsOwnLook, in its first lines, before
// anything that it is to hold for.
func TestThePagesPolicyForbidsEverythingButItsOwnLook(t *testing.T) {
	page := pageOf(t, "plain")
	policy := `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">`
	if head, _, ok := strings.Cut(page, policy); !ok || strings.Join(skeleton(head), "") != `<!DOCTYPE html><html lang=""><head><meta charset="">` {
		t.Errorf("%.400s", page)
	}
	if !strings.Contains(page, `<meta name="referrer" content="no-referrer">`) {
		t.Error("a link would tell where the page is")
	}
}

// TestABrowserRunsNothingOfThePageAndAsksForNothing has one show a page full of
// hostile texts, where one is installed.
func TestABrowserRunsNothingOfThePageAndAsksForNothing(t *testing.T) {
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
		}
	}
	if browser == "" || testing.Short() {
		t.Skip("it runs a browser")
	}
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		t.Logf("it asked for %s", r.URL)
	}))
	defer server.Close()
	// show gives what the browser made of a page, "" where it does not run here.
	show := func(page string) string {
		dir := t.TempDir()
		path := filepath.Join(dir, "page.html")
		if err := os.WriteFile(path, []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		c := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+filepath.Join(dir, "profile"), "--virtual-time-budget=3000", "--dump-dom", "file://"+path)
		c.WaitDelay = time.Second
		dom, err := c.Output()
		if err != nil {
			t.Skipf("%s does not run here: %v", browser, err)
		}
		return string(dom)
	}
	hostile := strings.ReplaceAll(strings.Join(markup, " "), "@@", server.URL)
	if show("<!DOCTYPE html><body>" + hostile); asked.Swap(0) == 0 {
		t.Skip("it asks for nothing here, whatever it is shown")
	}
	dom := show(pageOf(t, hostile))
	if !strings.Contains(dom, "&lt;script") || strings.Contains(dom, "<script") || asked.Load() > 0 {
		t.Errorf("%d requests, %d bytes of a page", asked.Load(), len(dom))
	}
	// And the policy alone holds back what were let through, but for a page that is
	// left for another, which no policy forbids.
	hostile = strings.Replace(hostile, "refresh", "none", 1)
	dom = show(strings.Replace(pageOf(t, "plain"), "</h1>", "</h1>"+hostile, 1))
	if !strings.Contains(dom, "<script") || asked.Load() > 0 {
		t.Errorf("%d requests past the policy, %d bytes of a page", asked.Load(), len(dom))
	}
}
