namespace Keelson.Api.Core.V1;

public sealed partial record Volume
{
    private const int DefaultFileMode = 0x1A4; // 0644 in octal

    /// <summary>A volume without a source is an empty directory; sources get their own defaults.</summary>
    internal static Volume SetDefaults(Volume volume)
    {
        VolumeSource source = volume.VolumeSource == new VolumeSource()
            ? new() { EmptyDir = new() }
            : volume.VolumeSource;
        VolumeSource filled = Fill(source);
        return ReferenceEquals(filled, volume.VolumeSource) ? volume : volume with { VolumeSource = filled };
    }

    private static VolumeSource Fill(VolumeSource source) => source switch
    {
        { HostPath: { Type: null } host } => source with { HostPath = host with { Type = "" } },
        { Secret: { DefaultMode: null } secret } =>
            source with { Secret = secret with { DefaultMode = DefaultFileMode } },
        { ConfigMap: { DefaultMode: null } map } =>
            source with { ConfigMap = map with { DefaultMode = DefaultFileMode } },
        { DownwardAPI: { } downward } => source with
        {
            DownwardAPI = downward with
            {
                DefaultMode = downward.DefaultMode ?? DefaultFileMode,
                Items = downward.Items.Map(Fill),
            },
        },
        { Projected: { } projected } => source with
        {
            Projected = projected with
            {
                DefaultMode = projected.DefaultMode ?? DefaultFileMode,
                Sources = projected.Sources.Map(Fill),
            },
        },
        { Ephemeral.VolumeClaimTemplate: { } template } => source with
        {
            Ephemeral = source.Ephemeral! with
            {
                VolumeClaimTemplate =
                    template with { Spec = PersistentVolumeClaimRules.SetSpecDefaults(template.Spec) },
            },
        },
        { Image: { PullPolicy: "" } image } => source with
        {
            Image = image with { PullPolicy = ImageReference.DefaultPullPolicy(image.Reference) },
        },
        { Iscsi: { IscsiInterface: "" } iscsi } => source with { Iscsi = iscsi with { IscsiInterface = "default" } },
        { Rbd: { } rbd } => source with
        {
            Rbd = rbd with
            {
                Pool = PodSpec.OrDefault(rbd.Pool, "rbd"),
                User = PodSpec.OrDefault(rbd.User, "admin"),
                Keyring = PodSpec.OrDefault(rbd.Keyring, "/etc/ceph/keyring"),
            },
        },
        { AzureDisk: { } disk } => source with
        {
            AzureDisk = disk with
            {
                CachingMode = disk.CachingMode ?? AzureDataDiskCachingMode.ReadWrite,
                Kind = disk.Kind ?? AzureDataDiskKind.Shared,
                FsType = disk.FsType ?? "ext4",
                ReadOnly = disk.ReadOnly ?? false,
            },
        },
        { ScaleIO: { } scale } => source with
        {
            ScaleIO = scale with
            {
                StorageMode = PodSpec.OrDefault(scale.StorageMode, "ThinProvisioned"),
                FsType = PodSpec.OrDefault(scale.FsType, "xfs"),
            },
        },
        _ => source,
    };

    private static DownwardAPIVolumeFile Fill(DownwardAPIVolumeFile file) =>
        file.FieldRef is null ? file : file with { FieldRef = ObjectFieldSelector.SetDefaults(file.FieldRef) };

    private static VolumeProjection Fill(VolumeProjection source) => source switch
    {
        { DownwardAPI: { } downward } =>
            source with { DownwardAPI = downward with { Items = downward.Items.Map(Fill) } },
        { ServiceAccountToken: { ExpirationSeconds: null } token } => source with
        {
            ServiceAccountToken = token with { ExpirationSeconds = 3600 },
        },
        { ClusterTrustBundle: not null } or { PodCertificate: not null } =>
            source with { ClusterTrustBundle = null, PodCertificate = null },
        _ => source,
    };
}
