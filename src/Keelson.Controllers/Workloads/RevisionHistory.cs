using System.Text;
using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Controllers.Owners;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;

namespace Keelson.Controllers.Workloads;

/// <summary>
/// The revisions of a stateful or daemon set: each holds a patch that puts its template back. What is stored in them is
/// upstream's, so that <c>kubectl rollout undo</c> works on them.
/// </summary>
internal static class RevisionHistory
{
    /// <summary>The label by which pods tell the revision they were made of.</summary>
    public const string PodLabel = "controller-revision-hash";

    /// <summary>The label by which revisions show their hash.</summary>
    private const string HashLabel = "controller.kubernetes.io/hash";

    private static ReadOnlySpan<byte> Prefix => "{\"spec\":{\"template\":{\"$patch\":\"replace\""u8;

    /// <summary>The revision that stands for a template.</summary>
    /// <param name="owner">The set.</param>
    /// <param name="template">Its template.</param>
    /// <param name="labels">The labels of its revisions: the template's.</param>
    /// <param name="number">The revision's number.</param>
    /// <param name="collisions">How often the name was found taken.</param>
    public static ControllerRevision Of(
        IObject owner, PodTemplateSpec template, ApiMap<string> labels, long number, int? collisions)
    {
        byte[] data = DataOf(template);
        string hash = TemplateHash.Of(data, collisions);
        return new ControllerRevision
        {
            Metadata = ObjectMeta.Empty with
            {
                Name = owner.Metadata.Name + "-" + hash,
                Namespace = owner.Metadata.Namespace,
                Labels = labels.With(HashLabel, hash).With(PodLabel, hash),
                OwnerReferences = [Owner.ControllerReference(owner)],
            },
            Data = new RawJson(data),
            Revision = number,
        };
    }

    /// <summary>The hash in a revision's name.</summary>
    public static string HashOf(ControllerRevision revision) =>
        revision.Metadata.Labels.GetValueOrDefault(PodLabel)
        ?? revision.Metadata.Labels.GetValueOrDefault(HashLabel)
        ?? revision.Metadata.Name[(revision.Metadata.Name.LastIndexOf('-') + 1)..];

    /// <summary>True when two revisions stand for the same template.</summary>
    public static bool Equal(ControllerRevision left, ControllerRevision right) =>
        left.Data == right.Data || TemplateOf(left)?.Equals(TemplateOf(right)) == true;

    /// <summary>The template that a revision holds; null when it holds none.</summary>
    public static PodTemplateSpec? TemplateOf(ControllerRevision revision) =>
        RevisionData.Read(revision.Data.AsSpan())?.Template;

    /// <summary>Revisions by number, then by age and name.</summary>
    public static IReadOnlyList<ControllerRevision> Sorted(IEnumerable<ControllerRevision> revisions) =>
    [
        .. revisions
            .OrderBy(static one => one.Revision)
            .ThenBy(static one => one.Metadata.CreationTimestamp)
            .ThenBy(static one => one.Metadata.Name, StringComparer.Ordinal),
    ];

    /// <summary>
    /// Finds the revision of the present template among those there are, or says what to write: a new one, or an old
    /// one with a new number.
    /// </summary>
    public static RevisionChoice Choose(IReadOnlyList<ControllerRevision> sorted, ControllerRevision wanted)
    {
        ControllerRevision[] equal = [.. sorted.Where(one => Equal(one, wanted))];
        if (equal.Length == 0)
        {
            return new(wanted, RevisionWrite.Create);
        }

        ControllerRevision newest = equal[^1];
        return newest == sorted[^1]
            ? new(newest, RevisionWrite.None)
            : new(newest with { Revision = wanted.Revision }, RevisionWrite.Update);
    }

    /// <summary>The number of the next revision.</summary>
    public static long NextNumber(IReadOnlyList<ControllerRevision> sorted) =>
        sorted.Count == 0 ? 1 : sorted[^1].Revision + 1;

    /// <summary>Revisions beyond the limit that nothing uses any more, oldest first.</summary>
    public static IReadOnlyList<ControllerRevision> Obsolete(
        IReadOnlyList<ControllerRevision> sorted, IReadOnlySet<string> live, int limit)
    {
        ControllerRevision[] unused = [.. sorted.Where(one => !live.Contains(one.Metadata.Name))];
        return [.. unused.Take(Math.Max(0, unused.Length - limit))];
    }

    /// <summary>Writes a choice. A name taken by another template is an <c>AlreadyExists</c> error.</summary>
    public static async Task<ApiResult<ControllerRevision>> WriteAsync(
        RevisionChoice choice, IApiClient client, CancellationToken cancellationToken)
    {
        if (choice.Write == RevisionWrite.None)
        {
            return choice.Revision;
        }

        if (choice.Write == RevisionWrite.Update)
        {
            return await client.UpdateAsync(choice.Revision, cancellationToken);
        }

        ApiResult<ControllerRevision> created = await client.CreateAsync(choice.Revision, cancellationToken);
        if (created.Error is not { Reason: "AlreadyExists" })
        {
            return created;
        }

        ObjectMeta meta = choice.Revision.Metadata;
        ApiResult<ControllerRevision> found = await client.GetAsync<ControllerRevision>(
            meta.Namespace, meta.Name, cancellationToken);
        return found.Error is null && Equal(found.Value, choice.Revision) ? found : created;
    }

    private static byte[] DataOf(PodTemplateSpec template)
    {
        JsonBuffer json = new();
        template.WriteJson(json);
        ReadOnlySpan<byte> written = json.Written;

        // {"metadata":…} becomes {"spec":{"template":{"$patch":"replace","metadata":…}}}.
        bool isEmpty = written.Length == 2;
        return [.. Prefix, .. isEmpty ? ""u8 : ","u8, .. written[1..], .. "}}"u8];
    }
}

/// <summary>How a revision gets to where it is wanted.</summary>
internal enum RevisionWrite
{
    /// <summary>It is there.</summary>
    None,

    /// <summary>It is new.</summary>
    Create,

    /// <summary>It is an old one that is the newest again.</summary>
    Update,
}

/// <summary>The revision of the present template.</summary>
internal sealed record RevisionChoice(ControllerRevision Revision, RevisionWrite Write);

/// <summary>What a revision holds.</summary>
internal sealed record RevisionData(PodTemplateSpec Template)
{
    /// <summary>Reads a revision's data; null when it is not such a patch.</summary>
    public static RevisionData? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(json.ToArray());
            if (!document.RootElement.TryGetProperty("spec", out System.Text.Json.JsonElement spec)
                || !spec.TryGetProperty("template", out System.Text.Json.JsonElement template))
            {
                return null;
            }

            JsonDecoder decoder = new(Encoding.UTF8.GetBytes(template.GetRawText()));
            return new(PodTemplateSpec.ReadJson(ref decoder));
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or DecodeException)
        {
            return null;
        }
    }
}
