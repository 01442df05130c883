using System.Reflection;
using System.Text;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Networking.V1;
using Keelson.Api.Rbac.V1;
using Keelson.Machinery.Values;
using Keelson.Server.Authentication;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;

namespace Keelson.Server.Bootstrap;

/// <summary>
/// The objects that every cluster holds from the start: namespaces, default roles and bindings, priorities, API
/// services, the service range. What is missing is made at each start, and default roles get back the rules they lack.
/// </summary>
internal sealed class BootstrapObjects(ObjectStorage storage, ApiServerConfig config)
{
    private static readonly UserInfo _self =
        new() { Name = "system:apiserver", Groups = [WellKnownUsers.MastersGroup] };

    private readonly FieldOwnership _ownership = new();

    private const string AutoUpdate = "rbac.authorization.kubernetes.io/autoupdate";

    private static readonly ApiKind[] Kinds =
    [
        ApiKinds.CoreV1Namespace,
        ApiKinds.SchedulingV1PriorityClass,
        ApiKinds.RbacV1ClusterRole,
        ApiKinds.RbacV1ClusterRoleBinding,
        ApiKinds.RbacV1Role,
        ApiKinds.RbacV1RoleBinding,
        ApiKinds.ApiRegistrationV1APIService,
        ApiKinds.FlowControlV1FlowSchema,
        ApiKinds.FlowControlV1PriorityLevelConfiguration,
    ];

    /// <summary>Makes what is missing; all writes together, so that they share the store's group commits.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        Time now = Time.Now(config.Clock);
        List<Task> writes = [];
        foreach (ApiKind kind in Kinds)
        {
            foreach (IObject wanted in Read(kind))
            {
                writes.Add(EnsureAsync(kind, wanted, now, cancellationToken).AsTask());
            }
        }

        if (config.ResourceMetrics is not null)
        {
            foreach ((ApiKind kind, IObject wanted) in MetricsObjects.All(now))
            {
                writes.Add(EnsureAsync(kind, wanted, now, cancellationToken).AsTask());
            }
        }

        writes.Add(EnsureAsync(ApiKinds.NetworkingV1ServiceCIDR, ServiceRange(now), now, cancellationToken).AsTask());
        await Task.WhenAll(writes);
    }

    /// <summary>The rules of a default cluster role, whatever became of it in the cluster.</summary>
    public static ApiList<PolicyRule> RulesOf(string clusterRole) => Read(ApiKinds.RbacV1ClusterRole)
        .Cast<ClusterRole>().First(role => role.Metadata.Name == clusterRole).Rules;

    /// <summary>The objects of a kind that every cluster holds from the start.</summary>
    internal static IEnumerable<IObject> Read(ApiKind kind)
    {
        string name = $"Keelson.Server.Bootstrap.Objects.{kind.Info.Resource}.jsonl";
        using Stream stream = typeof(BootstrapObjects).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The program lacks its resource {name}.");
        using StreamReader reader = new(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0)
            {
                yield return kind.DecodeJson(Encoding.UTF8.GetBytes(line));
            }
        }
    }

    private ServiceCIDR ServiceRange(Time now) => new()
    {
        Metadata =
            ObjectMeta.Empty with { Name = "kubernetes", Finalizers = ["networking.k8s.io/service-cidr-finalizer"] },
        Spec = new ServiceCIDRSpec { Cidrs = config.ServiceClusterIPRanges.ToApiList() },
        Status = new ServiceCIDRStatus
        {
            Conditions =
            [
                new Condition { Type = "Ready", Status = "True", LastTransitionTime = now, Message = "Kubernetes Service CIDR is ready" },
            ],
        },
    };

    private async ValueTask EnsureAsync(ApiKind kind, IObject wanted, Time now, CancellationToken cancellationToken)
    {
        ObjectCache cache = storage.CacheOf(kind);
        string key = cache.KeyOf(wanted.Metadata.Namespace, wanted.Metadata.Name);
        StoredObject? there = cache.Snapshot.Find(key);
        if (there is null)
        {
            IObject made = wanted.WithMetadata(wanted.Metadata with
            {
                Uid = Guid.NewGuid().ToString(),
                CreationTimestamp = now,
                Generation = wanted.Metadata.Generation,
            });
            await storage.PutAsync(cache, key, Owned(kind, made, now), 0, 0, cancellationToken);
        }
        else if (Reconcile(there.Record, wanted) is { } changed)
        {
            await storage.PutAsync(cache, key, changed, there.Revision, 0, cancellationToken);
        }
    }

    /// <summary>The object with its fields owned by who upstream makes it with; its status is a controller's.</summary>
    private IObject Owned(ApiKind kind, IObject made, Time now)
    {
        if (kind == ApiKinds.NetworkingV1ServiceCIDR)
        {
            return made;
        }

        bool flowControl = kind.Info.Group == "flowcontrol.apiserver.k8s.io";
        ApiRequest request = new()
        {
            User = _self,
            Kind = kind,
            Verb = "create",
            Now = now,
            Name = made.Metadata.Name,
            FieldManager = flowControl ? "api-priority-and-fairness-config-producer-v1" : "kube-apiserver",
        };
        IObject fresh = kind.PrepareForCreate(made, new WriteContext(now, _self.Name));
        return made.WithMetadata(made.Metadata with
        {
            ManagedFields = _ownership.OnCreate(request, fresh).Metadata.ManagedFields,
        });
    }

    /// <summary>A default role with the rules that it lacks, a default binding with its subjects; null when all is
    /// there.</summary>
    private static IObject? Reconcile(IObject there, IObject wanted)
    {
        if (there.Metadata.Annotations.GetValueOrDefault(AutoUpdate) != "true")
        {
            return null;
        }

        switch (there, wanted)
        {
            case (ClusterRole { AggregationRule: null } role, ClusterRole full):
                PolicyRule[] missing = [.. full.Rules.Where(rule => !role.Rules.Contains(rule))];
                return missing.Length == 0 ? null : role with { Rules = [.. role.Rules, .. missing] };
            case (ClusterRoleBinding binding, ClusterRoleBinding full):
                Subject[] absent = [.. full.Subjects.Where(subject => !binding.Subjects.Contains(subject))];
                return absent.Length == 0 ? null : binding with { Subjects = [.. binding.Subjects, .. absent] };
            default:
                return null;
        }
    }
}
