from django.urls import path

from polls.views import ballots, exports, lists, polls

urlpatterns = [
    path("polls/", lists.show_list, name="poll-list"),
    path("t/<int:topic>/polls/new/", polls.new, name="poll-new"),
    path("poll/<int:pk>/", polls.show, name="poll-show"),
    path("poll/<int:pk>/state/", polls.state, name="poll-state"),
    path("poll/<int:pk>/edit/", polls.edit, name="poll-edit"),
    path("poll/<int:pk>/options/new/", polls.add_option, name="poll-option-add"),
    path("poll/<int:pk>/options/<int:option>/", polls.correct, name="poll-option-correct"),
    path("poll/<int:pk>/extend/", polls.extend, name="poll-extend"),
    path("poll/<int:pk>/close/", polls.close, name="poll-close"),
    path("poll/<int:pk>/outcome/", polls.decide, name="poll-outcome"),
    path("poll/<int:pk>/voters/", polls.show_voters, name="poll-voters"),
    path("poll/<int:pk>/roll.csv", exports.export_roll, name="poll-roll"),
    path("poll/<int:pk>/vote/", ballots.cast, name="ballot-cast"),
    path("poll/<int:pk>/withdraw/", ballots.withdraw, name="ballot-withdraw"),
    path("poll/<int:pk>/receipt/", ballots.find_receipt, name="receipt-find"),
    path("poll/<int:pk>/ballots.<slug:form>", exports.export_ballots, name="poll-export"),
]
