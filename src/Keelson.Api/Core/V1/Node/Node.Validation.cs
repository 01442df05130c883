using System.Net;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record Node
{
    /// <inheritdoc/>
    public static void Validate(Node obj, FieldErrors errors) => ValidateNode(obj, null, errors);

    /// <inheritdoc/>
    public static void ValidateUpdate(Node obj, Node old, FieldErrors errors)
    {
        ObjectMetaRules.Validate(obj.Metadata, namespaced: false, NameRules.DnsSubdomain, ObjectMetaRules.Path, errors);
        ValidateNode(obj, old, errors);
        ValidateChange(obj, old, errors);
    }

    private static void ValidateNode(Node obj, Node? old, FieldErrors errors)
    {
        NodeAnnotationRules.Validate(obj.Metadata.Annotations, ObjectMetaRules.Path.Child("annotations"), errors);
        TaintRules.Validate(obj.Spec.Taints, ObjectMetaRules.Path.Child("taints"), errors);
        ValidateResources(obj, errors);
        NodeStatusRules.ValidateSwap(obj.Status.NodeInfo.Swap, ObjectMetaRules.Path.Child("nodeSwapStatus"), errors);
        NodeStatusRules.ValidateFeatures(obj.Status.DeclaredFeatures, errors);
        if (obj.Spec.PodCIDRs.Count > 0)
        {
            ValidatePodCIDRs(obj.Spec.PodCIDRs, old?.Spec.PodCIDRs ?? default, errors);
        }
    }

    /// <summary>What may not change, of the object and of its status alike.</summary>
    private static void ValidateChange(Node obj, Node old, FieldErrors errors)
    {
        ObjectMetaRules.ValidateUpdate(obj.Metadata, old.Metadata, ObjectMetaRules.Path, errors);
        NodeAnnotationRules.Validate(obj.Metadata.Annotations, ObjectMetaRules.Path.Child("annotations"), errors);
        ValidateResources(obj, errors);
        NodeStatusRules.ValidateFeatures(obj.Status.DeclaredFeatures, errors);
        ValidateAddresses(obj.Status.Addresses, errors);
        FieldPath spec = FieldPath.Of("spec");
        if (old.Spec.PodCIDRs.Count > 0)
        {
            ValidatePodCIDRsUnchanged(obj.Spec.PodCIDRs, old.Spec.PodCIDRs, spec.Child("podCIDRs"), errors);
        }

        if (old.Spec.ProviderID.Length > 0 && old.Spec.ProviderID != obj.Spec.ProviderID)
        {
            errors.Forbidden(spec.Child("providerID"), "node updates may not change providerID except from \"\" to valid");
        }

        if (obj.Spec.ConfigSource is { } source)
        {
            NodeConfigRules.ValidateSpec(source, spec.Child("configSource"), errors);
        }

        if (obj.Status.Config is { } config)
        {
            NodeConfigRules.ValidateStatus(config, FieldPath.Of("status").Child("config"), errors);
        }

        TaintRules.Validate(obj.Spec.Taints, ObjectMetaRules.Path.Child("taints"), errors);
        if (obj.Spec.ExternalID != old.Spec.ExternalID)
        {
            errors.Forbidden(spec.Child("externalID"), "may not be updated");
        }
    }

    private static void ValidateResources(Node obj, FieldErrors errors)
    {
        ValidateResources(obj.Status.Capacity, "capacity", errors);
        ValidateResources(obj.Status.Allocatable, "allocatable", errors);
    }

    private static void ValidateResources(ApiMap<Quantity> resources, string field, FieldErrors errors)
    {
        foreach (KeyValuePair<string, Quantity> resource in resources)
        {
            ResourceRules.ValidateQuantity(resource.Key, resource.Value, FieldPath.Of("status").Child(field).Child(resource.Key), errors);
        }
    }

    private static void ValidateAddresses(ApiList<NodeAddress> addresses, FieldErrors errors)
    {
        HashSet<NodeAddress> seen = [];
        for (int i = 0; i < addresses.Count; i++)
        {
            if (!seen.Add(addresses[i]))
            {
                string rendered = ErrorValue.Object(
                    ("Type", ErrorValue.Json(addresses[i].Type)), ("Address", ErrorValue.Json(addresses[i].Address)));
                errors.DuplicateRaw(FieldPath.Of("status").Child("addresses").Index(i), rendered);
            }
        }
    }

    private static void ValidatePodCIDRs(ApiList<string> networks, ApiList<string> stored, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("spec").Child("podCIDRs");
        for (int i = 0; i < networks.Count; i++)
        {
            if (!stored.AsSpan().Contains(networks[i]))
            {
                errors.Invalid(ContentRules.Cidr(networks[i]), path.Index(i), networks[i]);
            }
        }

        if (networks.Count < 2)
        {
            return;
        }

        HashSet<bool> families = [];
        foreach (string network in networks)
        {
            if (!ContentRules.TryParseSloppyCidr(network, out IPAddress? address, out _))
            {
                errors.Internal(path, $"invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR address: {network}");
                families.Clear();
                break;
            }

            families.Add(address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6);
        }

        if (families.Count < 2 || networks.Count > 2)
        {
            errors.InvalidRaw(path, ErrorValue.Json(networks), "may specify no more than one CIDR for each IP family");
        }
    }

    private static void ValidatePodCIDRsUnchanged(ApiList<string> networks, ApiList<string> old, FieldPath path, FieldErrors errors)
    {
        const string fixedOnceSet = "node updates may not change podCIDR except from \"\" to valid";
        if (networks.Count != old.Count)
        {
            errors.Forbidden(path, fixedOnceSet);
            return;
        }

        for (int i = 0; i < old.Count; i++)
        {
            if (networks[i] != old[i])
            {
                errors.Forbidden(path, fixedOnceSet);
            }
        }
    }
}

/// <summary>The rules on taints.</summary>
public static class TaintRules
{
    /// <summary>Each taint is well formed, and no two have the same key and effect.</summary>
    public static void Validate(ApiList<Taint> taints, FieldPath path, FieldErrors errors)
    {
        HashSet<(string Key, string Effect)> seen = [];
        for (int i = 0; i < taints.Count; i++)
        {
            Taint taint = taints[i];
            FieldPath at = path.Index(i);
            errors.Invalid(ContentRules.QualifiedName(taint.Key), at, "key", taint.Key);
            string value = string.Join(';', ContentRules.LabelValue(taint.Value));
            if (value.Length > 0)
            {
                errors.Invalid(at.Child("value"), taint.Value, value);
            }

            ValidateEffect(taint.Effect, at.Child("effect"), errors);
            if (!seen.Add((taint.Key, taint.Effect)))
            {
                errors.DuplicateRaw(at, Render(taint) + ": taints must be unique by key and effect pair");
            }
        }
    }

    /// <summary>One of the three effects; it must be there.</summary>
    public static void ValidateEffect(string effect, FieldPath path, FieldErrors errors)
    {
        if (effect.Length == 0)
        {
            errors.Required(path, "");
        }
        else if (effect is not (TaintEffect.NoSchedule or TaintEffect.PreferNoSchedule or TaintEffect.NoExecute))
        {
            errors.NotSupported(path, effect, TaintEffect.NoSchedule, TaintEffect.PreferNoSchedule, TaintEffect.NoExecute);
        }
    }

    private static string Render(Taint taint) => ErrorValue.Object(
        ("Key", ErrorValue.Json(taint.Key)),
        ("Value", ErrorValue.Json(taint.Value)),
        ("Effect", ErrorValue.Json(taint.Effect)),
        ("TimeAdded", ErrorValue.Json(taint.TimeAdded?.ToString())));
}
