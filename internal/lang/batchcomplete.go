package lang

// batchcompleteTexts: the messages of cmd/batchcomplete.
var batchcompleteTexts = Texts{}
