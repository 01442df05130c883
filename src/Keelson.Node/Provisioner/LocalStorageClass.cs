using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Client;
using Keelson.Machinery.Values;

namespace Keelson.Nodes.Provisioner;

/// <summary>The class by which claims get directories of the nodes their pods run on.</summary>
internal static class LocalStorageClass
{
    /// <summary>The class's name.</summary>
    public const string Name = "local";

    /// <summary>The provisioner's name.</summary>
    public const string Provisioner = "keelson.dev/local-path";

    private const string DefaultNote = "storageclass.kubernetes.io/is-default-class";

    /// <summary>
    /// Makes the class when there is none of its name; it is the default unless there is another default already.
    /// </summary>
    /// <returns>Null, or why it could not be made.</returns>
    public static async Task<Status?> EnsureAsync(IApiClient client, CancellationToken cancellationToken)
    {
        ApiResult<IReadOnlyList<StorageClass>> listed =
            await client.ListAsync<StorageClass>("", ListRequest.All, cancellationToken);
        if (!listed.TryGet(out IReadOnlyList<StorageClass>? classes, out Status? error))
        {
            return error;
        }

        if (classes.Any(static one => one.Metadata.Name == Name))
        {
            return null;
        }

        bool hasDefault = classes.Any(static one => one.Metadata.Annotations.GetValueOrDefault(DefaultNote) == "true");
        StorageClass made = new()
        {
            Metadata = ObjectMeta.Empty with
            {
                Name = Name,
                Annotations = hasDefault
                    ? ApiMap<string>.Empty
                    : ApiMap<string>.From([KeyValuePair.Create(DefaultNote, "true")]),
            },
            Provisioner = Provisioner,
            ReclaimPolicy = PersistentVolumeReclaimPolicy.Delete,
            VolumeBindingMode = VolumeBindingMode.WaitForFirstConsumer,
            AllowVolumeExpansion = true,
        };
        error = (await client.CreateAsync(made, cancellationToken)).Error;
        return error is { Code: 409 } ? null : error;
    }
}
