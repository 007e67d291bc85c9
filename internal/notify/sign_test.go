package notify

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The signatures were computed by Python's hmac from the services' own rules.
const (
	robotSecret  = "SECcanary/secret+11"
	dingTalkSign = "NaoLkCKanpdvmYY//zXT0bImqz8Lg+t+atV5V0cCSuQ="
	feishuSign   = "NtSgUH0XtJEH0FVeuNrPN842lu/kRcuQFoYSk7oNcH8="
)

var signedAt = time.UnixMilli(1700000000123)

// signed sends a message to a robot of that service and gives what it received.
func signed(t *testing.T, k Kind, query string) (got url.Values, body map[string]any) {
	t.Helper()
	r := newReceiver(t, `{"errcode":0,"code":0}`)
	sign, err := SignerOf(k, robotSecret)
	if err != nil {
		t.Fatal(err)
	}
	if err := Send(t.Context(), Chat{address(t, r.URL+"/send"+query), k, sign}, "三行", signedAt); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(r.paths[0]+r.bodies[0], "canary") {
		t.Errorf("the secret was sent: %s %s", r.paths[0], r.bodies[0])
	}
	u, err := url.Parse(r.paths[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(r.bodies[0]), &body); err != nil {
		t.Fatal(err)
	}
	return u.Query(), body
}

func TestDingTalksSignatureStandsInTheQuery(t *testing.T) {
	for query, token := range map[string]string{"?access_token=a%2Fb": "a/b", "": ""} {
		got, body := signed(t, DingTalk, query)
		if got.Get("timestamp") != "1700000000123" || got.Get("sign") != dingTalkSign || got.Get("access_token") != token || body["sign"] != nil || body["msgtype"] != "text" {
			t.Errorf("%v %v", got, body)
		}
	}
}

func TestFeishusSignatureStandsInTheBody(t *testing.T) {
	got, body := signed(t, Feishu, "")
	if len(got) != 0 || body["timestamp"] != "1700000000" || body["sign"] != feishuSign || body["msg_type"] != "text" {
		t.Errorf("%v %v", got, body)
	}
}

func TestWeComsRobotsKnowNoSignature(t *testing.T) {
	if sign, err := SignerOf(WeCom, robotSecret); sign != nil || err == nil || strings.Contains(err.Error(), "canary") {
		t.Error(err)
	}
}

// TestASignatureThatIsSaidBackIsNotTold: the refusal is logged.
func TestASignatureThatIsSaidBackIsNotTold(t *testing.T) {
	r := newReceiver(t, `{"errcode":310000,"errmsg":"sign not match `+dingTalkSign+`"}`)
	sign, _ := SignerOf(DingTalk, robotSecret)
	err := Send(t.Context(), Chat{address(t, r.URL+"/send?access_token=x"), DingTalk, sign}, "x", signedAt)
	if err == nil || strings.Contains(err.Error(), dingTalkSign) || !strings.Contains(err.Error(), "sign not match") {
		t.Error(err)
	}
}
