using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Client.Quotas;

/// <summary>What objects of one kind take from a quota. This one counts; others measure more.</summary>
public class QuotaEvaluator(KindInfo kind)
{
    private static readonly string[] Plain =
    [
        "configmaps", "secrets", "replicationcontrollers", "resourcequotas", "services", "persistentvolumeclaims", "pods",
    ];

    /// <summary>The name that counts the objects, as <c>count/deployments.apps</c>.</summary>
    protected string CountName { get; } =
        kind.Group.Length == 0 ? "count/" + kind.Resource : $"count/{kind.Resource}.{kind.Group}";

    /// <summary>The older name of the count; empty for kinds that have none.</summary>
    protected string PlainName { get; } = kind.Group.Length == 0 && Plain.Contains(kind.Resource) ? kind.Resource : "";

    /// <summary>The evaluator of a kind; null for what no quota counts.</summary>
    public static QuotaEvaluator? Of(KindInfo kind) => (kind.Group, kind.Resource) switch
    {
        _ when !kind.Namespaced || kind.StoragePrefix.Length == 0 => null,
        (_, "events") => null,
        ("", "pods") => new PodQuotaEvaluator(kind),
        ("", "services") => new ServiceQuotaEvaluator(kind),
        ("", "persistentvolumeclaims") => new ClaimQuotaEvaluator(kind),
        ("resource.k8s.io", "resourceclaims") => new DeviceClaimQuotaEvaluator(kind),
        _ => new QuotaEvaluator(kind),
    };

    /// <summary>True for writes that may take from a quota.</summary>
    public virtual bool Handles(bool isCreate, string subresource) =>
        isCreate && subresource.Length == 0;

    /// <summary>True for the names of a quota that the kind takes from.</summary>
    public virtual bool Measures(string name) => name == CountName || (PlainName.Length > 0 && name == PlainName);

    /// <summary>True when an object falls into a scope.</summary>
    public virtual bool InScope(IObject obj, string scope, string @operator, ApiList<string> values) => false;

    /// <summary>What the object fails to say, given the names that a quota limits; null when nothing.</summary>
    public virtual string? Missing(IObject obj, IReadOnlyCollection<string> names) => null;

    /// <summary>What an object takes.</summary>
    public virtual QuotaAmounts Usage(IObject obj)
    {
        QuotaAmounts usage = new() { [CountName] = Quantity.FromValue(1) };
        if (PlainName.Length > 0)
        {
            usage[PlainName] = Quantity.FromValue(1);
        }

        return usage;
    }

    /// <summary>True when an object falls into all scopes of a quota.</summary>
    public bool InScopes(IObject obj, ResourceQuotaSpec spec)
    {
        foreach (string scope in spec.Scopes)
        {
            if (!InScope(obj, scope, "Exists", default))
            {
                return false;
            }
        }

        foreach (ScopedResourceSelectorRequirement one in spec.ScopeSelector?.MatchExpressions ?? default)
        {
            if (!InScope(obj, one.ScopeName, one.Operator, one.Values))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True when a name, empty for none, is what a selector asks for.</summary>
    protected static bool Selects(string name, string @operator, ApiList<string> values) => @operator switch
    {
        "Exists" => name.Length > 0,
        "DoesNotExist" => name.Length == 0,
        "In" => name.Length > 0 && values.AsSpan().Contains(name),
        "NotIn" => name.Length == 0 || !values.AsSpan().Contains(name),
        _ => false,
    };
}
