package sandbox

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"regexp"
	"sync"
	"time"

	"batchcomplete/internal/ums"
)

// doors let in who has signed with the key, or holds a token (gateway.md §2).
type doors struct {
	appID string
	key   ums.Secret
	life  time.Duration
	state *doorState
}

type doorState struct {
	mu     sync.Mutex
	nonces map[string]time.Time
	tokens map[string]time.Time // by when they end
	issued int
}

func newDoors(o Options) doors {
	return doors{o.AppID, o.AppKey, o.TokenLife, &doorState{nonces: map[string]time.Time{}, tokens: map[string]time.Time{}}}
}

var (
	signed = regexp.MustCompile(`^OPEN-BODY-SIG AppId="([^"]*)",Timestamp="([^"]*)",Nonce="([^"]*)",Signature="([^"]*)"$`)
	bearer = regexp.MustCompile(`^OPEN-ACCESS-TOKEN AccessToken="([^"]+)"$`)
)

// check tells whether a request may come in; where not, the status and body of
// the refusal.
func (d doors) check(header string, body []byte, now time.Time) (int, *platformReply) {
	if m := bearer.FindStringSubmatch(header); m != nil {
		d.state.mu.Lock()
		defer d.state.mu.Unlock()
		if ends, ok := d.state.tokens[m[1]]; !ok || now.After(ends) {
			return http.StatusOK, platformError("1000", "AccessToken 无效")
		}
		return 0, nil
	}
	m := signed.FindStringSubmatch(header)
	if m == nil {
		return http.StatusOK, platformError("1000", "认证失败")
	}
	appID, timestamp, nonce, signature := m[1], m[2], m[3], m[4]
	if _, err := time.ParseInLocation("20060102150405", timestamp, beijing); err != nil {
		return http.StatusPreconditionFailed, platformError("1000", "Timestamp解析失败")
	}
	digest := sha256.Sum256(body)
	mac := hmac.New(sha256.New, []byte(d.key.Reveal()))
	mac.Write([]byte(appID + timestamp + nonce + hex.EncodeToString(digest[:])))
	want := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	if appID != d.appID || !hmac.Equal([]byte(want), []byte(signature)) {
		return http.StatusOK, platformError("1000", "签名错误")
	}
	return d.fresh(nonce, now)
}

// fresh refuses a nonce that was used already.
func (d doors) fresh(nonce string, now time.Time) (int, *platformReply) {
	d.state.mu.Lock()
	defer d.state.mu.Unlock()
	if _, used := d.state.nonces[nonce]; used || nonce == "" || len(nonce) > 128 {
		return http.StatusOK, platformError("1000", "Nonce 重复")
	}
	if len(d.state.nonces) > 1_000_000 {
		clear(d.state.nonces)
	}
	d.state.nonces[nonce] = now
	return 0, nil
}

// giveToken answers a token request.
func (d doors) giveToken(body []byte, now time.Time) (int, any) {
	var r struct{ AppID, Timestamp, Nonce, SignMethod, Signature string }
	if err := json.Unmarshal(body, &r); err != nil {
		return http.StatusOK, platformError("9001", "参数错误")
	}
	sum := sha256.Sum256([]byte(d.appID + r.Timestamp + r.Nonce + d.key.Reveal()))
	if r.AppID != d.appID || r.SignMethod != "SHA256" || r.Signature != hex.EncodeToString(sum[:]) {
		return http.StatusOK, platformError("1000", "签名错误")
	}
	d.state.mu.Lock()
	defer d.state.mu.Unlock()
	token := rand.Text()
	d.state.tokens[token] = now.Add(d.life)
	d.state.issued++
	return http.StatusOK, struct {
		ErrCode     string `json:"errCode"`
		ErrInfo     string `json:"errInfo"`
		AccessToken string `json:"accessToken"`
		ExpiresIn   int    `json:"expiresIn"`
	}{"0000", "正常", token, int(d.life / time.Second)}
}

func (d doors) revoke() {
	d.state.mu.Lock()
	defer d.state.mu.Unlock()
	clear(d.state.tokens)
}
