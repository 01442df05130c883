using Keelson.Api.Policy.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Machinery.Selectors;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.DefaultPreemption;

/// <summary>The disruption budgets at one moment.</summary>
internal sealed class DisruptionBudgets
{
    private readonly (PodDisruptionBudget Budget, LabelMatcher Selector)[] _budgets;

    public DisruptionBudgets(IInformer<PodDisruptionBudget> budgets) =>
        _budgets = budgets.Count == 0 ? []
            : [.. budgets.List().Select(static one => (one, one.Spec.Selector.ToMatcher()))];

    /// <summary>Splits pods, in order, into those whose leaving violates a budget and the others.</summary>
    public (List<PodInfo> Violating, List<PodInfo> Others) Split(List<PodInfo> pods)
    {
        if (_budgets.Length == 0)
        {
            return ([], pods);
        }

        int[] allowed = [.. _budgets.Select(static one => one.Budget.Status.DisruptionsAllowed)];
        List<PodInfo> violating = [];
        List<PodInfo> others = [];
        foreach (PodInfo pod in pods)
        {
            (Violates(pod, allowed) ? violating : others).Add(pod);
        }

        return (violating, others);
    }

    private bool Violates(PodInfo pod, int[] allowed)
    {
        bool violates = false;
        if (pod.Labels.Count == 0)
        {
            return false;
        }

        for (int i = 0; i < _budgets.Length; i++)
        {
            (PodDisruptionBudget budget, LabelMatcher selector) = _budgets[i];

            // An empty selector covers nothing here, and a pod that is being evicted is in the numbers already.
            if (budget.Metadata.Namespace != pod.Namespace || selector.IsEverything || !selector.Matches(pod.Labels)
                || budget.Status.DisruptedPods.ContainsKey(pod.Key.Name))
            {
                continue;
            }

            violates |= --allowed[i] < 0;
        }

        return violates;
    }
}
