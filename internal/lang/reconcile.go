package lang

// reconcileTexts: the messages of cmd/reconcile.
var reconcileTexts = Texts{}
