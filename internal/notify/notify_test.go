package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"batchcomplete/internal/lang"
)

// receiver is a service on loopback that keeps what it is sent.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	paths  []string
	bodies []string
	status int
	answer string
}

func newReceiver(t *testing.T, answer string) *receiver {
	r := &receiver{answer: answer, status: http.StatusOK}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		text, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.paths, r.bodies = append(r.paths, q.URL.RequestURI()), append(r.bodies, string(text))
		if r.status/100 == 3 {
			w.Header().Set("Location", r.URL+"/elsewhere")
		}
		w.WriteHeader(r.status)
		_, _ = io.WriteString(w, r.answer)
	}))
	t.Cleanup(r.Close)
	return r
}

func address(t *testing.T, text string) Address {
	t.Helper()
	a, err := ParseAddress(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestEachServiceGetsItsOwnForm(t *testing.T) {
	for _, c := range []struct {
		kind           Kind
		answer, expect string
	}{
		{WeCom, `{"errcode":0,"errmsg":"ok"}`, `{"msgtype":"text","text":{"content":"三行\n\"引号\""}}`},
		{DingTalk, `{"errcode":0,"errmsg":"ok"}`, `{"msgtype":"text","text":{"content":"三行\n\"引号\""}}`},
		{Feishu, `{"code":0,"msg":"success","data":{}}`, `{"msg_type":"text","content":{"text":"三行\n\"引号\""}}`},
		{Feishu, `{"StatusCode":0,"StatusMessage":"success"}`, `{"msg_type":"text","content":{"text":"三行\n\"引号\""}}`},
	} {
		r := newReceiver(t, c.answer)
		if err := Send(t.Context(), Chat{To: address(t, r.URL+"/send?key=hunter2"), Kind: c.kind}, "三行\n\"引号\"", time.Now()); err != nil {
			t.Errorf("%s: %v", c.kind, err)
		}
		var got, want any
		if err := json.Unmarshal([]byte(r.bodies[0]), &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(c.expect), &want); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || r.paths[0] != "/send?key=hunter2" {
			t.Errorf("%s: %s got %s", c.kind, r.paths[0], r.bodies[0])
		}
	}
}

func TestAServicesRefusalIsSeenThoughTheStatusIs200(t *testing.T) {
	for _, answer := range []string{`{"errcode":93000,"errmsg":"invalid webhook url"}`, `{"code":19001,"msg":"param invalid"}`, `{"StatusCode":1}`, `{}`, `<html>`, ``} {
		if err := accepted([]byte(answer), "https://service.example/send?key=hunter2"); err == nil {
			t.Errorf("%s passed for accepted", answer)
		}
	}
}

// TestAServiceThatSaysBackTheAddressDoesNotTellIt: the refusal is logged.
func TestAServiceThatSaysBackTheAddressDoesNotTellIt(t *testing.T) {
	const address = "https://service.example/v1/bot%2Bhunter/send?key=a%2Fkey+of+9&x=1"
	for _, words := range []string{address, "/v1/bot%2Bhunter/send?key=a%2Fkey+of+9&x=1", "a%2Fkey+of+9", "a/key of 9", "a%2Fkey%20of%209", "bot+hunter", "bot%2Bhunter", strings.Repeat("一", 190) + "a/key of 9"} {
		answer, err := json.Marshal(map[string]any{"errcode": 93000, "errmsg": "invalid v1 " + words})
		if err != nil {
			t.Fatal(err)
		}
		told := accepted(answer, address).Error()
		if strings.Contains(told, "hunter") || strings.Contains(told, "a/k") || strings.Contains(told, "a%2F") || !strings.Contains(told, "invalid v1") {
			t.Errorf("%q: %s", words, told)
		}
	}
}

func TestTheServiceIsKnownByItsHostOrByItsWord(t *testing.T) {
	for text, want := range map[string]Kind{
		"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x": WeCom, "https://oapi.dingtalk.com/robot/send?access_token=x": DingTalk,
		"https://open.feishu.cn/open-apis/bot/v2/hook/x": Feishu, "https://open.larksuite.com/open-apis/bot/v2/hook/x": Feishu,
		"https://qyapi.weixin.qq.com.evil.example/x": "", "https://example.com/x": "",
	} {
		if got, _ := KindOf("", address(t, text)); got != want {
			t.Errorf("%s: %q", text, got)
		}
	}
	if k, err := KindOf("feishu", address(t, "https://proxy.example/x")); k != Feishu || err != nil {
		t.Error(k, err)
	}
	if _, err := KindOf("slack", address(t, "https://open.feishu.cn/x")); err == nil {
		t.Error("a word that names no service was passed over")
	}
}

func TestOnlyHTTPSAndLoopbackArePermitted(t *testing.T) {
	for text, fine := range map[string]bool{
		"": true, "https://hc-ping.com/x": true, "http://127.0.0.1:9/x": true, "http://[::1]:9/x": true, "http://localhost/x": true,
		"http://hc-ping.com/x": false, "http://10.0.0.1/x": false, "http://127.0.0.1.evil.example/x": false, "ftp://127.0.0.1/x": false,
		"hc-ping.com/x": false, "https://user:hunter2@example.com/x": false, "https:///x": false, "http://%zz/hunter2": false,
	} {
		_, err := ParseAddress(text)
		if (err == nil) != fine || err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAnAddressPrintsNoCredential(t *testing.T) {
	a := address(t, "https://hc-ping.com/hunter2?key=hunter2")
	text, err := json.Marshal(map[string]any{"a": a})
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range []string{fmt.Sprintf("%v %+v %#v %s %q %x %d", a, a, a, a, a, a, a), a.LogValue().String(), string(text), fmt.Sprint([]Address{a})} {
		if strings.Contains(got, "hunter2") || !strings.Contains(got, "hc-ping.com") {
			t.Errorf("%s", got)
		}
	}
	closed := newReceiver(t, "")
	closed.Close()
	err = Ping(t.Context(), address(t, closed.URL+"/hunter2?key=hunter2"), Failed, "")
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error has the credential: %v", err)
	}
}

func TestAPingSaysStartSuccessAndFailure(t *testing.T) {
	r := newReceiver(t, "OK")
	a := address(t, r.URL+"/uuid/")
	for _, s := range []Signal{Started, Succeeded, Failed} {
		if err := Ping(t.Context(), a, s, "exit 4"); err != nil {
			t.Error(err)
		}
	}
	if got := strings.Join(r.paths, " "); got != "/uuid/start /uuid /uuid/fail" || r.bodies[2] != "exit 4" {
		t.Errorf("%s, %q", got, r.bodies)
	}
	if err := Ping(t.Context(), Address{}, Started, ""); err != nil {
		t.Error("no address is no error:", err)
	}
}

func TestAFailureIsTriedOnceMoreARefusalAndARedirectAreNot(t *testing.T) {
	for status, calls := range map[int]int{500: 2, 503: 2, 404: 1, 302: 1, 307: 1} {
		r := newReceiver(t, "")
		r.status = status
		if err := Ping(t.Context(), address(t, r.URL+"/x"), Succeeded, ""); err == nil || len(r.paths) != calls {
			t.Errorf("%d: %d calls, %v", status, len(r.paths), err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Ping(ctx, address(t, newReceiver(t, "").URL), Succeeded, ""); err == nil {
		t.Error("sent after its time")
	}
}

func TestADigestIsBoundedAndCannotMentionOrForgeALine(t *testing.T) {
	d := Digest{Program: "batchcomplete", Command: "run", Env: "prod", Profile: "shop-a", Run: "0123456789abcdef",
		At: time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC), Took: 61 * time.Second, Exit: 4, ExitText: "rows remain unknown",
		States: []StateSum{{"completed", Sum{1200, 123456789}}, {"unknown", Sum{2, 1908}}, {"held", Sum{}}},
		Needs:  []string{"2 rows: run resolve"}, SettleDates: []SettleSum{{"2026-11-23", Sum{1200, 123456789}}}}
	text := d.Text(lang.En)
	for _, words := range []string{"batchcomplete run · prod/shop-a · 2026-11-24 02:00", "exit 4", "completed: 1200 rows ¥1,234,567.89", "unknown: 2 rows ¥19.08", "! 2 rows: run resolve", "took 1m1s"} {
		if !strings.Contains(text, words) {
			t.Errorf("it lacks %q:\n%s", words, text)
		}
	}
	if strings.Contains(text, "held") {
		t.Errorf("a state without rows is shown:\n%s", text)
	}
	lines := strings.Count(text, "\n")
	for i := range 500 {
		d.Batches = append(d.Batches, fmt.Sprintf("账单%d\nexit 0 <at user_id=\"all\">@all</at>\u202e%s", i, strings.Repeat("长", 300)))
	}
	d.Error = strings.Repeat("错", 5000)
	text = d.Text(lang.Zh)
	if len(text) > limit || !utf8.ValidString(text) {
		t.Errorf("%d bytes, valid: %v", len(text), utf8.ValidString(text))
	}
	if strings.ContainsAny(text, "<>@\u202e") || strings.Count(text, "\n") > lines+2 {
		t.Errorf("%s", text)
	}
	for n := limit - 5; n < limit+5; n++ {
		if got := bounded(strings.Repeat("a", n) + "中文字"); len(got) > limit || !utf8.ValidString(got) {
			t.Errorf("%d: %d bytes", n, len(got))
		}
	}
}

// TestWhatOthersWroteIsPlainInEveryPlaceOfADigest: it mentions nobody, leads
// nowhere, ends no line, turns nothing around and leaves room for the rest, in the
// form that each service is sent.
func TestWhatOthersWroteIsPlainInEveryPlaceOfADigest(t *testing.T) {
	digest := func(s string) Digest {
		return Digest{Program: "batchcomplete", Command: "run", Host: s, Env: s, Profile: s, Run: "r", ExitText: "done", Batches: []string{s, s},
			SettleDates: []SettleSum{{s, Sum{1, 1}}}, Stopped: s, Needs: []string{s}, Error: s}
	}
	lines := strings.Count(digest("x").Text(lang.En), "\n")
	for _, hostile := range []string{
		"<at user_id=\"all\">所有人</at>", "@all @13800138000", "<@userid>", "[x](https://evil.example)", "HTTPS://evil.example www.evil.example WWW.evil.example", "a\nexit 0\rb\u2028c\u2029d\u0085e\vf",
		"\x1b[2J\u009b31m\x07\x00\x7f", "\u202e\u2066\u200b\ufeff\u061c\U000e0041", "\xff\xfe", "![x](file://evil.example/x)", strings.Repeat("mega", 100_000),
	} {
		for _, kind := range []Kind{WeCom, DingTalk, Feishu} {
			sent, err := body(kind, digest(hostile).Text(lang.En), nil)
			var message struct {
				Text    struct{ Content string } `json:"text"`
				Content struct{ Text string }    `json:"content"`
			}
			if err != nil || json.Unmarshal(sent, &message) != nil {
				t.Fatal(err)
			}
			text := message.Text.Content + message.Content.Text
			if strings.Count(text, "\n") != lines || len(text) > limit || strings.HasSuffix(text, "…") || strings.ContainsAny(text, "<>@") || strings.Contains(text, "://") || strings.Contains(strings.ToLower(text), "www.") {
				t.Errorf("%s, %.40q: %d bytes, %d lines of %d:\n%.600s", kind, hostile, len(text), strings.Count(text, "\n"), lines, text)
			}
			for _, r := range text {
				if r != '\n' && !lang.Safe(r) {
					t.Errorf("%s, %.40q: %U", kind, hostile, r)
				}
			}
		}
	}
}

// TestAnAnswerIsReadToABound: a service that never ends is not listened to for
// good.
func TestAnAnswerIsReadToABound(t *testing.T) {
	r := newReceiver(t, `{"errcode":0,"errmsg":"`+strings.Repeat("m", 1<<20)+`"}`)
	if err := Send(t.Context(), Chat{To: address(t, r.URL), Kind: WeCom}, "x", time.Now()); err == nil {
		t.Error("a megabyte was read")
	}
}
