package ums

import (
	"context"
	"encoding/json"
	"time"
)

// tokens holds the one access token that all workers share (gateway.md §2: at
// most ten live tokens per appId). It is fetched by whoever needs it first, and
// everyone else waits for that one call.
type tokens struct {
	client *Client
	turn   chan struct{} // holds one: whoever has put it there fetches, or looks
	value  Secret
	ends   time.Time
	// refused counts tokens that were refused without one being accepted since.
	refused int
}

// early is how long before its end a token is replaced.
const early = 2 * time.Minute

type tokenRequest struct {
	AppID      string `json:"appId"`
	Timestamp  string `json:"timestamp"`
	Nonce      string `json:"nonce"`
	SignMethod string `json:"signMethod"`
	Signature  string `json:"signature"`
}

type tokenReply struct {
	ErrCode     string  `json:"errCode"`
	ErrInfo     string  `json:"errInfo"`
	AccessToken string  `json:"accessToken"`
	ExpiresIn   wireFen `json:"expiresIn"` // seconds, as a number or a string
}

// get gives a live token, or the answer that stands in place of the call's:
// without a token nothing was sent.
//
// Waiting for another worker's fetch ends with ctx, which waiting for a mutex
// would not.
func (t *tokens) get(ctx context.Context) (string, *Answer) {
	select {
	case t.turn <- struct{}{}:
	case <-ctx.Done():
		return "", &Answer{Outcome: NotExecuted, Code: CodeTokenRefused, Message: ctx.Err().Error()}
	}
	defer func() { <-t.turn }()
	now := t.client.config.Now()
	if !t.value.IsZero() && now.Before(t.ends) {
		return t.value.Reveal(), nil
	}
	reply, failed := t.fetch(ctx)
	if failed != nil {
		return "", failed
	}
	life := time.Duration(reply.ExpiresIn) * time.Second
	t.value, t.ends = NewSecret(reply.AccessToken), now.Add(max(life-early, life/2))
	return t.value.Reveal(), nil
}

// settle learns from an answer whether the token was accepted. A refused token
// is forgotten, so that the next call fetches another: that happens once; when
// the next one is refused as well, the client itself is.
func (t *tokens) settle(value string, a *Answer) {
	t.turn <- struct{}{}
	defer func() { <-t.turn }()
	switch {
	case a.Code != codeAuth:
		t.refused = 0
	case t.value.Reveal() == value:
		t.value = Secret{}
		t.refused++
	}
	if a.Code == codeAuth && t.refused < 2 {
		a.Code, a.Scope = CodeTokenExpired, ThisRow
	}
}

func (t *tokens) fetch(ctx context.Context) (tokenReply, *Answer) {
	c := t.client
	stamp, nonce := c.stamp(headerTime), c.config.Nonce()
	body, err := json.Marshal(tokenRequest{
		AppID: c.config.AppID, Timestamp: stamp, Nonce: nonce, SignMethod: "SHA256",
		Signature: tokenSignature(c.config.AppID, c.config.AppKey, stamp, nonce),
	})
	if err != nil {
		return tokenReply{}, &Answer{Outcome: NotExecuted, Code: CodeTokenRefused, Message: err.Error()}
	}
	x := c.exchange(ctx, pathToken, "", body, exchange{})
	failed := &Answer{Outcome: NotExecuted, Code: CodeTokenRefused, HTTPStatus: x.status, RetryAfter: x.retryAfter, Throttled: x.status == 429}
	if x.err != nil {
		failed.Message = oneLine(x.err.Error())
		return tokenReply{}, failed
	}
	var r tokenReply
	if err := json.Unmarshal(x.body, &r); err != nil {
		failed.Message = "the reply to a token request is not JSON"
		return tokenReply{}, failed
	}
	if r.ErrCode != "0000" || r.AccessToken == "" {
		failed.Message = oneLine(r.ErrCode + " " + r.ErrInfo)
		if x.status < 500 && x.status != 429 && r.ErrCode != "" {
			failed.Scope = ThisClient
		}
		return tokenReply{}, failed
	}
	return r, nil
}
