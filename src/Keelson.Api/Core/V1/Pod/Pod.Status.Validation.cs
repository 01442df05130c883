using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record Pod
{
    private const string ImmutableText = "field is immutable";

    private static readonly FieldPath StatusPath = FieldPath.Of("status");

    private static void ValidateStatusUpdate(Pod pod, Pod old, FieldErrors errors)
    {
        PodValidationOptions options = PodValidationOptions.Pod with
        {
            AllowInvalidDeletionCost = PodAnnotations.HasInvalidDeletionCost(old.Metadata.Annotations),
        };
        PodStatus status = pod.Status;
        PodAnnotations.ValidateUpdate(pod, old, AnnotationsPath, options, errors);
        ValidateConditions(status.Conditions, StatusPath.Child("conditions"), errors);
        ValidateNominatedNode(status, old, errors);
        if (status.ObservedGeneration < 0)
        {
            errors.Invalid(
                StatusPath.Child("observedGeneration"), status.ObservedGeneration, "must be a non-negative integer");
        }

        if (status.QosClass != old.Status.QosClass)
        {
            errors.Invalid(StatusPath.Child("qosClass"), status.QosClass, ImmutableText);
        }

        ContainerTransitions.Validate(status, old, StatusPath, errors);
        ClaimStatusRules.Validate(pod, StatusPath, errors);
        ValidateAddresses(
            [.. status.PodIPs.Select(one => one.Ip)],
            [.. old.Status.PodIPs.Select(one => one.Ip)],
            StatusPath.Child("podIPs"),
            errors);
        if (status.HostIPs.Count > 0)
        {
            ValidateHostIPs(status, old.Status, errors);
        }

        ContainerStatusRules.Validate(pod, StatusPath, errors);
    }

    private static void ValidateConditions(ApiList<PodCondition> conditions, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < conditions.Count; i++)
        {
            if (conditions[i].ObservedGeneration < 0)
            {
                errors.Invalid(
                    path.Index(i).Child("observedGeneration"), conditions[i].ObservedGeneration,
                    "must be a non-negative integer");
            }

            string type = conditions[i].Type;
            if (type is not (PodConditionType.PodScheduled or PodConditionType.Ready or PodConditionType.Initialized))
            {
                errors.InvalidEach(path.Index(i).Child("Type"), type, ContentRules.QualifiedName(type));
            }
        }
    }

    private static void ValidateNominatedNode(PodStatus status, Pod old, FieldErrors errors)
    {
        string node = status.NominatedNodeName;
        if (node.Length == 0 || node == old.Status.NominatedNodeName)
        {
            return;
        }

        errors.Subdomain(StatusPath.Child("nominatedNodeName"), node);
        if (old.Spec.NodeName.Length > 0)
        {
            errors.Forbidden(
                StatusPath.Child("nominatedNodeName"), "may not be set on pods that are already bound to a node");
        }
    }

    /// <summary>Addresses are valid unless they stood there before, and at most one of each family.</summary>
    private static void ValidateAddresses(string[] addresses, string[] old, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < addresses.Length; i++)
        {
            if (!old.Contains(addresses[i]))
            {
                errors.InvalidEach(path.Index(i), addresses[i], ContentRules.IpAddress(addresses[i]));
            }
        }

        if (addresses.Length > 2 || (addresses.Length == 2 && !ContentRules.IsDualStack(addresses[0], addresses[1])))
        {
            errors.InvalidRaw(path, Render(addresses), "may specify no more than one IP for each IP family");
        }
    }

    private static void ValidateHostIPs(PodStatus status, PodStatus old, FieldErrors errors)
    {
        FieldPath path = StatusPath.Child("hostIPs");
        if (status.HostIP != status.HostIPs[0].Ip)
        {
            errors.Invalid(path.Index(0).Child("ip"), status.HostIPs[0].Ip, "must be equal to `hostIP`");
        }

        ValidateAddresses(
            [.. status.HostIPs.Select(one => one.Ip)], [.. old.HostIPs.Select(one => one.Ip)], path, errors);
    }

    private static string Render(string[] addresses) =>
        ErrorValue.List([.. addresses.Select(one => ErrorValue.Object(("IP", GoText.Quote(one))))]);
}
