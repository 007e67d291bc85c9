// Package notify tells monitors and people what a run came to: a ping
// (healthchecks.io's way: ADDRESS/start, ADDRESS, ADDRESS/fail) and a digest to
// the group chat of 企业微信 (WeCom), 钉钉 (DingTalk) or 飞书 (Feishu).
//
// It never decides anything: whoever calls it logs its error and goes on. An
// address holds a credential in its path or query, so an Address prints as its
// host alone, and no error of this package has more of it.
//
// digest.go says what a digest holds and keeps it within the services' limits;
// message.go has their three forms, and sign.go their signatures; address.go which addresses are permitted;
// send.go the HTTP.
package notify
