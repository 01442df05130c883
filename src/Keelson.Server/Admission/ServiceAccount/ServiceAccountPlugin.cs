using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Server.Authorization.Nodes;
using Keelson.Server.Verbs;
using Account = Keelson.Api.Core.V1.ServiceAccount;

namespace Keelson.Server.Admission.ServiceAccount;

/// <summary>
/// Gives every pod a service account: the default one where none is named, its image pull secrets, and a volume with a
/// token that is renewed.
/// </summary>
internal sealed class ServiceAccountPlugin(IObjectLookup lookup, Random random) : IAdmissionPlugin
{
    private const string DefaultName = "default";
    private const string TokenMountPath = "/var/run/secrets/kubernetes.io/serviceaccount";
    private const string VolumePrefix = "kube-api-access-";
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";

    /// <summary>An hour and seven seconds: upstream's odd number tells its tokens from those with a chosen
    /// hour.</summary>
    private const long TokenSeconds = 3607;

    private const int ReadableByAll = 0b110_100_100;

    public string Name => "ServiceAccount";

    public bool Handles(AdmissionOperation operation) =>
        operation is AdmissionOperation.Create or AdmissionOperation.Update;

    public ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (!context.Is("", "pods") || context.Operation != AdmissionOperation.Create || context.Object is not Pod pod)
        {
            return new((Status?)null);
        }

        if (pod.Metadata.Annotations.ContainsKey(MirrorAnnotation))
        {
            return new(CheckMirror(context, pod));
        }

        string name = pod.Spec.ServiceAccountName.Length == 0 ? DefaultName : pod.Spec.ServiceAccountName;
        if (lookup.Find<Account>(context.Request.Namespace, name) is not { } account)
        {
            return new(context.Forbidden(
                $"error looking up service account {context.Request.Namespace}/{name}: serviceaccount \"{name}\" not found"));
        }

        PodSpec spec = pod.Spec with { ServiceAccountName = name };
        if (spec.ImagePullSecrets.Count == 0 && account.ImagePullSecrets.Count > 0)
        {
            spec = spec with { ImagePullSecrets = account.ImagePullSecrets };
        }

        if (spec.AutomountServiceAccountToken ?? account.AutomountServiceAccountToken ?? true)
        {
            spec = MountToken(spec);
        }

        context.Object = pod with { Spec = spec with { ServiceAccount = name } };
        return new((Status?)null);
    }

    public ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        bool ephemeral = context.Is("", "pods", "ephemeralcontainers")
            && context.Operation == AdmissionOperation.Update;
        bool created = context.Is("", "pods") && context.Operation == AdmissionOperation.Create;
        if ((!created && !ephemeral) || context.Object is not Pod pod
            || (created && pod.Metadata.Annotations.ContainsKey(MirrorAnnotation)))
        {
            return new((Status?)null);
        }

        string name = pod.Spec.ServiceAccountName;
        if (name.Length == 0)
        {
            return new(context.Forbidden($"no service account specified for pod {context.Request.Namespace}/{pod.Metadata.Name}"));
        }

        if (lookup.Find<Account>(context.Request.Namespace, name) is not { } account)
        {
            return new(context.Forbidden(
                $"error looking up service account {context.Request.Namespace}/{name}: serviceaccount \"{name}\" not found"));
        }

        string? refusal = created
            ? MountableSecrets.CheckPod(account, pod)
            : MountableSecrets.CheckEphemeral(account, pod);
        return new(refusal is null ? null : context.Forbidden(refusal));
    }

    private static Status? CheckMirror(AdmissionContext context, Pod pod)
    {
        if (pod.Spec.ServiceAccountName.Length > 0)
        {
            return context.Forbidden("a mirror pod may not reference service accounts");
        }

        if (ObjectReferences.Of(pod with { Metadata = pod.Metadata with { Annotations = default } })
            .Any(one => one.Kind == ReachableKind.Secret))
        {
            return context.Forbidden("a mirror pod may not reference secrets");
        }

        return pod.Spec.Volumes.Any(volume =>
            volume.VolumeSource.Projected?.Sources.Any(source => source.ServiceAccountToken is not null) == true)
            ? context.Forbidden("a mirror pod may not use ServiceAccountToken volume projections")
            : null;
    }

    private static ApiList<T> MountInto<T>(ApiList<T> containers, Func<T, ApiList<VolumeMount>> mounts, Func<T, VolumeMount, T> add, VolumeMount mount, ref bool needed)
    {
        bool used = false;
        ApiList<T> mounted = containers.Map(container =>
        {
            if (mounts(container).Any(one => one.MountPath == TokenMountPath))
            {
                return container;
            }

            used = true;
            return add(container, mount);
        });
        needed |= used;
        return mounted;
    }

    private PodSpec MountToken(PodSpec spec)
    {
        string volumeName =
            spec.Volumes.FirstOrDefault(volume => volume.Name.StartsWith(VolumePrefix, StringComparison.Ordinal))?.Name
            ?? "";
        bool exists = volumeName.Length > 0;
        if (!exists)
        {
            volumeName = GeneratedName.From(VolumePrefix, random);
        }

        VolumeMount mount = new() { Name = volumeName, ReadOnly = true, MountPath = TokenMountPath };
        bool needed = false;
        ApiList<Container> initial = MountInto(
            spec.InitContainers, one => one.VolumeMounts, (one, added) => one with { VolumeMounts = one.VolumeMounts.Add(added) }, mount, ref needed);
        ApiList<Container> containers = MountInto(
            spec.Containers, one => one.VolumeMounts, (one, added) => one with { VolumeMounts = one.VolumeMounts.Add(added) }, mount, ref needed);
        if (!needed)
        {
            return spec;
        }

        spec = spec with { InitContainers = initial, Containers = containers };
        return exists ? spec : spec with { Volumes = spec.Volumes.Add(TokenVolume(volumeName)) };
    }

    private static Volume TokenVolume(string name) => new()
    {
        Name = name,
        VolumeSource = VolumeSource.Empty with
        {
            Projected = new ProjectedVolumeSource
            {
                DefaultMode = ReadableByAll,
                Sources =
                [
                    new VolumeProjection { ServiceAccountToken = new ServiceAccountTokenProjection { Path = "token", ExpirationSeconds = TokenSeconds } },
                    new VolumeProjection
                    {
                        ConfigMap = new ConfigMapProjection
                        {
                            LocalObjectReference = new LocalObjectReference { Name = "kube-root-ca.crt" },
                            Items = [new KeyToPath { Key = "ca.crt", Path = "ca.crt" }],
                        },
                    },
                    new VolumeProjection
                    {
                        DownwardAPI = new DownwardAPIProjection
                        {
                            Items =
                            [
                                new DownwardAPIVolumeFile
                                {
                                    Path = "namespace",
                                    FieldRef =
                                        new ObjectFieldSelector { ApiVersion = "v1", FieldPath = "metadata.namespace" },
                                },
                            ],
                        },
                    },
                ],
            },
        },
    };
}
