package ums

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The gateway's base URLs (gateway.md §1).
const (
	ProdURL = "https://api-mop.chinaums.com"
	TestURL = "https://test-api-open.chinaums.com"
)

const (
	pathPreauthed = "/v1/netpay/bills/preauthed"
	pathQuery     = "/v1/netpay/bills/query"
	pathToken     = "/v1/token/access"
)

// Auth is how a client authenticates.
type Auth string

// The ways to authenticate (gateway.md §2). The zero Auth is BodySig.
const (
	BodySig Auth = "bodysig"
	Token   Auth = "token"
)

// ParseAuth reads the word of --auth.
func ParseAuth(word string) (Auth, error) {
	switch a := Auth(word); a {
	case BodySig, Token:
		return a, nil
	}
	return "", fmt.Errorf("authentication %q is neither bodysig nor token", word)
}

// Config is what a Client needs. BaseURL, AppID and AppKey are required.
type Config struct {
	BaseURL string
	AppID   string
	AppKey  Secret
	// Production is spoken to over TLS alone, on loopback too, and never at the test
	// environment's host (address.go).
	Production bool
	// Elsewhere permits a host that is neither UMS's nor this machine (address.go).
	Elsewhere bool
	Auth      Auth
	Timeout   time.Duration  // for one request; default 60 s, longer than the gateway's own
	Rate      int            // starts in any one second; default 10
	RootCAs   *x509.CertPool // nil: the system's
	// Proxy is the http(s)://[name:password@]host[:port] that connections to the
	// gateway go through (proxy.go). Zero is none: the environment's are not looked at.
	Proxy Secret
	// Dial opens connections; nil is the network. Tests hand in another.
	Dial  func(ctx context.Context, network, address string) (net.Conn, error)
	Now   func() time.Time // default time.Now
	Nonce func() string    // default: 128 random bits
	Log   *slog.Logger     // default: discarded
}

// Client speaks to the gateway. It is safe for use by many goroutines.
type Client struct {
	config  Config
	proxy   *url.URL // nil: none
	http    *http.Client
	limiter *limiter
	token   *tokens
}

// New makes a client, or says what is wrong with its configuration. Nothing is
// sent.
func New(c Config) (*Client, error) {
	base, err := checkBase(c)
	if err != nil {
		return nil, err
	}
	c.BaseURL = base
	proxy, err := parseProxy(c.Proxy)
	if err != nil {
		return nil, err
	}
	if c.AppID == "" || c.AppKey.IsZero() {
		return nil, errors.New("the appId or the appKey is missing")
	}
	if c.Auth == "" {
		c.Auth = BodySig
	}
	if c.Timeout <= 0 {
		c.Timeout = 60 * time.Second
	}
	if c.Rate <= 0 {
		c.Rate = 10
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Nonce == nil {
		c.Nonce = rand.Text
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	client := &Client{config: c, proxy: proxy, http: newHTTP(c, proxy), limiter: newLimiter(c.Rate, c.Now)}
	client.token = &tokens{client: client, turn: make(chan struct{}, 1)}
	return client, nil
}

// newHTTP makes the one HTTP client. What it leaves out matters: no redirects
// (a 307 would send the body again), no HTTP/2 (which replays), no proxy but the
// configured one, no compression; and no request has a GetBody or an
// Idempotency-Key, for which net/http would send it a second time by itself.
func newHTTP(c Config, proxy *url.URL) *http.Client {
	dial := c.Dial
	if dial == nil {
		dial = newDialer(strings.HasPrefix(c.BaseURL, "http://")).DialContext
	}
	transport := &http.Transport{
		DialContext:            wired(dial),
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: c.RootCAs},
		TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{},
		TLSHandshakeTimeout:    10 * time.Second,
		DisableCompression:     true,
		MaxIdleConnsPerHost:    256,
		IdleConnTimeout:        10 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
	through(transport, proxy)
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Close ends the idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Pace waits for the next turn under the rate limit. Callers wait for it before
// they write a row's intent; the ceiling itself is kept at the wire.
func (c *Client) Pace(ctx context.Context) error { return c.limiter.Turn(ctx) }

// Complete sends one completion, once (official page of
// /v1/netpay/bills/preauthed), and says what the answer proves.
func (c *Client) Complete(ctx context.Context, in Completion) Answer {
	return c.call(ctx, pathPreauthed, exchange{asked: in}, preauthedRequest{
		RequestTimestamp: c.stamp(bodyTime),
		MID:              in.MID, TID: in.TID, InstMID: in.InstMID, BillNo: in.BillNo, BillDate: in.BillDate,
		AuthedOrderID: in.AuthedOrderID, AuthIDRespCd: in.AuthIDRespCd,
		TotalAmount: strconv.FormatInt(int64(in.TotalAmount), 10),
		MsgID:       in.MsgID, SrcReserve: in.SrcReserve, AuthedDesc: in.AuthedDesc,
	})
}

// Query asks what became of a completion (gateway.md §4). It moves no money.
func (c *Client) Query(ctx context.Context, in Completion) Answer {
	return c.call(ctx, pathQuery, exchange{asked: in, query: true}, queryRequest{
		RequestTimestamp: c.stamp(bodyTime),
		MID:              in.MID, TID: in.TID, InstMID: in.InstMID, BillNo: in.BillNo, BillDate: in.BillDate,
		AuthedOrderID: in.AuthedOrderID, MsgID: in.MsgID, SrcReserve: in.SrcReserve,
	})
}

func (c *Client) stamp(layout string) string { return c.config.Now().In(beijing).Format(layout) }

// call authorises, sends once, and classifies.
func (c *Client) call(ctx context.Context, path string, x exchange, request any) Answer {
	body, err := json.Marshal(request)
	if err != nil {
		x.err = err
		return classify(x)
	}
	header, token, refused := c.authorize(ctx, body)
	if refused != nil {
		if x.query {
			refused.Outcome = Unknown
		}
		return *refused
	}
	answer := classify(c.exchange(ctx, path, header, body, x))
	if token != "" {
		c.token.settle(token, &answer)
	}
	if answer.Throttled {
		c.limiter.Throttled(answer.RetryAfter)
	}
	return answer
}

// authorize gives the Authorization header for a body, the token in it if there
// is one, and an answer in their place where none was to be had.
func (c *Client) authorize(ctx context.Context, body []byte) (header, token string, refused *Answer) {
	if c.config.Auth != Token {
		return bodySignature(c.config.AppID, c.config.AppKey, c.stamp(headerTime), c.config.Nonce(), body), "", nil
	}
	token, refused = c.token.get(ctx)
	return `OPEN-ACCESS-TOKEN AccessToken="` + token + `"`, token, refused
}

// exchange sends one request and reads its reply. There is exactly one round
// trip in it.
func (c *Client) exchange(ctx context.Context, path, authorization string, body []byte, x exchange) exchange {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	written := func() {} // on the wire, or not to be any more
	defer func() { written() }()
	trace := &httptrace.ClientTrace{
		GotConn: func(got httptrace.GotConnInfo) {
			written() // of a connection that was found closed
			x.connected, written = true, sync.OnceFunc(c.limiter.Start())
			whenWritten(got.Conn, written)
		},
	}
	request, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), http.MethodPost, c.config.BaseURL+path, bytes.NewReader(body))
	if err != nil {
		x.err = err
		return x
	}
	request.GetBody = nil
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	request.Header.Set("Accept", "application/json")
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := c.http.Do(request)
	if err != nil {
		x.err, x.timedOut = withoutProxy(err, c.proxy), timedOut(err)
		return x
	}
	defer response.Body.Close()
	x.status = response.StatusCode
	x.retryAfter = retryAfter(response.Header.Get("Retry-After"), c.config.Now())
	x.body, x.err = readAll(response.Body, response.ContentLength)
	x.timedOut = timedOut(x.err)
	return x
}

// readAll reads a whole body of at most maxReply bytes, of which the gateway has
// said how long it is, or not (-1). It is read to its end whatever was said.
func readAll(r io.Reader, said int64) ([]byte, error) {
	var body bytes.Buffer
	body.Grow(int(max(0, min(said, usualReply))) + bytes.MinRead)
	_, err := body.ReadFrom(io.LimitReader(r, maxReply+1))
	if err == nil && body.Len() > maxReply {
		err = fmt.Errorf("the reply is longer than %d bytes", maxReply)
	}
	return body.Bytes(), err
}

func timedOut(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// retryAfter reads the header's two forms: seconds, or a date.
func retryAfter(text string, now time.Time) time.Duration {
	if text == "" {
		return 0
	}
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 {
		return min(time.Duration(seconds)*time.Second, maxPause)
	}
	if at, err := http.ParseTime(text); err == nil && at.After(now) {
		return min(at.Sub(now), maxPause)
	}
	return 0
}
