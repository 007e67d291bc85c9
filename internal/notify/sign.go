package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/url"
	"strconv"
	"time"
)

// Signer signs messages with a robot's secret (加签): it gives the moment as the
// service wants it, and the signature for it. It holds the secret where nothing
// can print it. Nil signs nothing.
type Signer func(at time.Time) (timestamp, signature string)

// ErrSign says that a service's robots know no signature.
var ErrSign = errors.New("the robots of wecom know no signature (加签)")

// SignerOf gives the signer of a service: 钉钉 has the secret as the key and
// signs milliseconds and the secret; 飞书 has seconds and the secret as the key and
// signs nothing.
func SignerOf(k Kind, secret string) (Signer, error) {
	switch k {
	case DingTalk:
		return func(at time.Time) (string, string) {
			stamp := strconv.FormatInt(at.UnixMilli(), 10)
			return stamp, mac(secret, stamp+"\n"+secret)
		}, nil
	case Feishu:
		return func(at time.Time) (string, string) {
			stamp := strconv.FormatInt(at.Unix(), 10)
			return stamp, mac(stamp+"\n"+secret, "")
		}, nil
	}
	return nil, ErrSign
}

func mac(key, message string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(message))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// Chat is a group chat's robot. The zero Chat is none.
type Chat struct {
	To   Address
	Kind Kind
	Sign Signer // nil: the robot does not ask for a signature
}

// message gives the address and the body that a text is sent to and in.
func (c Chat) message(text string, at time.Time) (address string, message []byte, err error) {
	u := *c.To.url
	var signed map[string]any
	if c.Sign != nil {
		stamp, signature := c.Sign(at)
		if c.Kind == Feishu {
			signed = map[string]any{"timestamp": stamp, "sign": signature}
		} else {
			more := url.Values{"timestamp": {stamp}, "sign": {signature}}.Encode()
			if u.RawQuery != "" {
				more = u.RawQuery + "&" + more
			}
			u.RawQuery = more
		}
	}
	message, err = body(c.Kind, text, signed)
	return u.String(), message, err
}
