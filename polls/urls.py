from django.urls import include, path

from polls.views import ballots, exports, lists, polls

poll_urls = [
    path("", polls.show, name="poll-show"),
    path("state/", polls.state, name="poll-state"),
    path("edit/", polls.edit, name="poll-edit"),
    path("options/new/", polls.add_option, name="poll-option-add"),
    path("options/<int:option>/", polls.correct, name="poll-option-correct"),
    path("extend/", polls.extend, name="poll-extend"),
    path("close/", polls.close, name="poll-close"),
    path("outcome/", polls.decide, name="poll-outcome"),
    path("voters/", polls.show_voters, name="poll-voters"),
    path("roll.csv", exports.export_roll, name="poll-roll"),
    path("vote/", ballots.cast, name="ballot-cast"),
    path("withdraw/", ballots.withdraw, name="ballot-withdraw"),
    path("receipt/", ballots.find_receipt, name="receipt-find"),
    path("ballots.<slug:form>", exports.export_ballots, name="poll-export"),
]

urlpatterns = [
    path("polls/", lists.show_list, name="poll-list"),
    path("t/<int:topic>/polls/new/", polls.new, name="poll-new"),
    path("poll/<int:pk>/", include(poll_urls)),
]
