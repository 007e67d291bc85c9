package notify

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
)

// Kind is a chat service: the word of --notify-kind.
type Kind string

// The services.
const (
	WeCom    Kind = "wecom"    // 企业微信 群机器人
	DingTalk Kind = "dingtalk" // 钉钉 自定义机器人
	Feishu   Kind = "feishu"   // 飞书 自定义机器人
)

// hosts are the services' own addresses.
var hosts = map[string]Kind{
	"qyapi.weixin.qq.com": WeCom,
	"oapi.dingtalk.com":   DingTalk,
	"api.dingtalk.com":    DingTalk,
	"open.feishu.cn":      Feishu,
	"open.larksuite.com":  Feishu,
}

// ErrKind says that neither word nor host tells the service.
var ErrKind = errors.New("which chat service is it? one of wecom, dingtalk, feishu")

// KindOf gives the service that a word names or, without one, that an address's
// host belongs to.
func KindOf(word string, a Address) (Kind, error) {
	switch k := Kind(word); k {
	case WeCom, DingTalk, Feishu:
		return k, nil
	case "":
		if a.url != nil {
			if k, ok := hosts[strings.ToLower(a.url.Hostname())]; ok {
				return k, nil
			}
		}
	}
	return "", ErrKind
}

// body gives a text message in the service's form. Text messages know no markup,
// but for the mentions that plain takes out. What signs it stands beside it.
func body(k Kind, text string, signed map[string]any) ([]byte, error) {
	message := map[string]any{}
	switch k {
	case WeCom, DingTalk:
		message["msgtype"], message["text"] = "text", map[string]string{"content": text}
	case Feishu:
		message["msg_type"], message["content"] = "text", map[string]string{"text": text}
	default:
		return nil, ErrKind
	}
	maps.Copy(message, signed)
	return json.Marshal(message)
}

// accepted reads the service's answer, which says in a code of its own, not in
// the HTTP status, whether the message was taken. Its words may repeat the
// address, whose credential is hidden before they are cut.
func accepted(answer []byte, address string) error {
	var a struct {
		ErrCode    *int   `json:"errcode"` // WeCom, DingTalk
		ErrMsg     string `json:"errmsg"`
		Code       *int   `json:"code"` // Feishu
		Msg        string `json:"msg"`
		StatusCode *int   `json:"StatusCode"` // Feishu, as it was
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return errors.New("the answer is not JSON")
	}
	for _, code := range []*int{a.ErrCode, a.Code, a.StatusCode} {
		if code == nil {
			continue
		}
		if *code != 0 {
			return fmt.Errorf("refused with code %d: %s", *code, plain(hide(a.ErrMsg+a.Msg, address), 200))
		}
		return nil
	}
	return errors.New("the answer has no code")
}
