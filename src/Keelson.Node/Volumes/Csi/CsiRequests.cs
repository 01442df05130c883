using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf.Collections;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Client;
using Keelson.Machinery.Values;
using Keelson.Nodes.Volumes.Content;
using Keelson.Nodes.Volumes.Csi.Protos;
using Mode = Keelson.Nodes.Volumes.Csi.Protos.VolumeCapability.Types.AccessMode.Types.Mode;
using RpcType = Keelson.Nodes.Volumes.Csi.Protos.NodeServiceCapability.Types.RPC.Types.Type;

namespace Keelson.Nodes.Volumes.Csi;

/// <summary>Puts together what drivers are told of volumes.</summary>
internal sealed class CsiRequests(NodeContext context, ServiceAccountTokens tokens)
{
    private const long DefaultTokenSeconds = 3600;
    private const string TokensKey = "csi.storage.k8s.io/serviceAccount.tokens";

    /// <summary>How a volume is used.</summary>
    public static async ValueTask<VolumeCapability> CapabilityAsync(
        PodVolume volume, CsiDriver driver, CancellationToken cancellationToken)
    {
        bool knowsSingle = await driver.CanAsync(RpcType.SingleNodeMultiWriter, cancellationToken);
        string asked = volume.Persistent?.Spec.AccessModes.FirstOrDefault()
            ?? PersistentVolumeAccessMode.ReadWriteOnce;
        VolumeCapability capability = new()
        {
            AccessMode = new()
            {
                Mode = asked switch
                {
                    PersistentVolumeAccessMode.ReadOnlyMany => Mode.MultiNodeReaderOnly,
                    PersistentVolumeAccessMode.ReadWriteMany => Mode.MultiNodeMultiWriter,
                    PersistentVolumeAccessMode.ReadWriteOncePod when knowsSingle => Mode.SingleNodeSingleWriter,
                    PersistentVolumeAccessMode.ReadWriteOnce when knowsSingle => Mode.SingleNodeMultiWriter,
                    _ => Mode.SingleNodeWriter,
                },
            },
        };
        if (volume.IsBlock)
        {
            capability.Block = new();
            return capability;
        }

        capability.Mount = new() { FsType = FilesystemOf(volume) };
        capability.Mount.MountFlags.AddRange(volume.Persistent?.Spec.MountOptions ?? []);
        if (volume.FsGroup is { } group && await driver.CanAsync(RpcType.VolumeMountGroup, cancellationToken))
        {
            capability.Mount.VolumeMountGroup = group.ToString(CultureInfo.InvariantCulture);
        }

        return capability;
    }

    /// <summary>The file system that is asked for; empty for the driver's choice.</summary>
    public static string FilesystemOf(PodVolume volume) =>
        volume.Persistent?.Spec.PersistentVolumeSource.Csi?.FsType ?? volume.Source.Csi?.FsType ?? "";

    /// <summary>Adds an object's pairs to a request's.</summary>
    public static void Add(MapField<string, string> to, ApiMap<string> pairs)
    {
        foreach (KeyValuePair<string, string> pair in pairs)
        {
            to[pair.Key] = pair.Value;
        }
    }

    /// <summary>True when the volume is for reading only.</summary>
    public static bool IsReadOnly(PodVolume volume) => volume.Persistent is { } persistent
        ? volume.IsClaimReadOnly || persistent.Spec.PersistentVolumeSource.Csi?.ReadOnly == true
        : volume.Source.Csi?.ReadOnly == true;

    /// <summary>The values of a secret that the volume names, added to a request.</summary>
    /// <returns>Null, or why they can't be had.</returns>
    public async ValueTask<string?> AddSecretAsync(
        MapField<string, string> secrets, SecretReference? reference, CancellationToken cancellationToken)
    {
        if (reference is null || reference.Name.Length == 0)
        {
            return null;
        }

        ApiResult<Secret> read =
            await context.Client.GetAsync<Secret>(reference.Namespace, reference.Name, cancellationToken);
        if (!read.TryGet(out Secret? secret, out Status? error))
        {
            return $"failed to find the secret {reference.Name} in the namespace {reference.Namespace} with error: "
                + error.Message;
        }

        foreach (KeyValuePair<string, Bytes> pair in secret.Data)
        {
            secrets[pair.Key] = pair.Value.ToText();
        }

        return null;
    }

    /// <summary>What the driver's object asks to be told at each mount: the pod, tokens of its account.</summary>
    /// <returns>Null, or why it can't be had.</returns>
    public async ValueTask<string?> AddPodAsync(
        NodePublishVolumeRequest request, PodVolume volume, CSIDriverSpec? spec, CancellationToken cancellationToken)
    {
        Pod pod = volume.Pod;
        if (spec?.PodInfoOnMount == true)
        {
            request.VolumeContext["csi.storage.k8s.io/pod.name"] = pod.Metadata.Name;
            request.VolumeContext["csi.storage.k8s.io/pod.namespace"] = pod.Metadata.Namespace;
            request.VolumeContext["csi.storage.k8s.io/pod.uid"] = pod.Metadata.Uid;
            request.VolumeContext["csi.storage.k8s.io/serviceAccount.name"] = pod.Spec.ServiceAccountName;
            request.VolumeContext["csi.storage.k8s.io/ephemeral"] = volume.Persistent is null ? "true" : "false";
        }

        if (spec is null || spec.TokenRequests.Count == 0)
        {
            return null;
        }

        JsonObject all = [];
        foreach (TokenRequest wanted in spec.TokenRequests.AsEnumerable())
        {
            PodToken token = await tokens.GetAsync(
                pod, wanted.Audience, wanted.ExpirationSeconds ?? DefaultTokenSeconds, cancellationToken);
            if (token.Status is null)
            {
                return "failed to get service accoount token attributes: " + token.Error;
            }

            all[wanted.Audience] = new JsonObject
            {
                ["token"] = token.Status.Token,
                ["expirationTimestamp"] = token.Status.ExpirationTimestamp.ToString(),
            };
        }

        MapField<string, string> place =
            spec.ServiceAccountTokenInSecrets == true ? request.Secrets : request.VolumeContext;
        place[TokensKey] = all.ToJsonString();
        return null;
    }
}
