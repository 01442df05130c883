using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keelson.Api.Kinds;
using Keelson.Api.Tests.Kinds;
using Keelson.Machinery.Tests.Fuzz;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;

namespace Keelson.Api.Tests.Fuzz;

/// <summary>
/// Whatever object a client sends, each step on its way through the server ends with a value or with what the step is
/// meant to throw. The seeds are in the code: a failure repeats, and its message carries the input.
/// </summary>
public sealed class KindFuzzTests
{
    private const int Rounds = 150;
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Wire", "Facts");

    public static TheoryData<string> Facts =>
        new(Directory.GetFiles(Folder, "*.json").Select(Path.GetFileNameWithoutExtension).Order()!);

    [Theory]
    [MemberData(nameof(Facts))]
    public void Odd_objects_are_defaulted_validated_and_shown(string name)
    {
        JsonNode good = JsonNode.Parse(File.ReadAllBytes(Path.Combine(Folder, name + ".json")))!;
        ApiKind kind = KindOf(good);
        TreeMutation mutation = new(seed: 1);
        IObject? old = null;
        for (int round = 0; round < Rounds; round++)
        {
            string json = mutation.Of(good).ToJsonString();
            try
            {
                old = Pass(kind, kind.DecodeJson(Encoding.UTF8.GetBytes(json), new DecodeReport()), old);
            }
            catch (Exception failure) when (failure is DecodeException or JsonException)
            {
                Assert.NotEmpty(failure.Message);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"round {round}: {failure.GetType().Name} for {json}", failure);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Facts))]
    public void Broken_bytes_are_refused(string name)
    {
        byte[] json = File.ReadAllBytes(Path.Combine(Folder, name + ".json"));
        byte[] proto = File.ReadAllBytes(Path.Combine(Folder, name + ".pb"))[4..];
        ApiKind kind = KindOf(JsonNode.Parse(json)!);
        Mutation mutation = new(seed: 2);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] input = round % 2 == 0 ? mutation.Of(json) : mutation.Of(proto);
            try
            {
                _ = round % 2 == 0 ? kind.DecodeJson(input, new DecodeReport()) : kind.DecodeProto(input);
            }
            catch (Exception failure) when (failure is DecodeException or JsonException)
            {
                Assert.NotEmpty(failure.Message);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException(
                    $"round {round}: {failure.GetType().Name} for {Convert.ToHexString(input)}", failure);
            }
        }
    }

    /// <summary>What the server does with a body, and with one that is to replace it.</summary>
    private static IObject Pass(ApiKind kind, IObject decoded, IObject? old)
    {
        IObject defaulted = kind.SetDefaults(decoded);
        IObject made = kind.PrepareForCreate(defaulted, KindProbe.Context);
        FieldErrors errors = new();
        kind.Validate(made, errors);
        _ = errors.All.Select(one => one.ToString()).ToArray();
        _ = kind.Warnings(made, null).ToArray();
        if (old is not null)
        {
            IObject changed = kind.PrepareForUpdate(defaulted, old, KindProbe.Context);
            FieldErrors changes = new();
            kind.ValidateUpdate(changed, old, changes);
            _ = changes.All.Select(one => one.ToString()).ToArray();
            _ = kind.Warnings(changed, old).ToArray();
        }

        _ = kind.Cells(made, new(new Time(KindProbe.Context.Now.Instant)));
        _ = kind.FieldValues(made);
        ProtoBuffer proto = new();
        made.WriteProto(proto);
        _ = kind.DecodeProto(proto.Written);
        JsonBuffer json = new();
        made.WriteJson(json);
        _ = kind.DecodeJson(json.Written);
        return made;
    }

    private static ApiKind KindOf(JsonNode node) => ApiKinds.All.Single(one =>
        one.Info.Kind == (string)node["kind"]! && one.Info.ApiVersion == (string)node["apiVersion"]!);
}
