using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Keelson.Machinery.Apply;
using Keelson.Machinery.Cel;
using Keelson.Machinery.Patches;
using Keelson.Machinery.Selectors;
using Keelson.Machinery.Tests.Apply;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;
using Keelson.Machinery.Yaml;

namespace Keelson.Machinery.Tests.Fuzz;

/// <summary>
/// Whatever a client sends, decoders answer with what they are meant to throw, and soon. The seed is in the code: a
/// failure repeats, and the message carries the input.
/// </summary>
public sealed class FuzzTests
{
    private const int Rounds = 4000;

    private static readonly byte[][] Objects =
    [
        """{"text":"a\u00e9\"b","small":1,"large":-9007199254740993,"truth":true,"time":"2020-01-02T03:04:05Z","amount":"1.5Gi","bytes":"aGk=","port":"http","labels":{"a":"b"},"children":[{"text":"x","amount":3},null]}"""u8.ToArray(),
        """{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","finalizers":["x"],"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i","ports":[{"containerPort":80}],"env":[{"name":"E"}]}],"nodeSelector":{"a":"b"}}}"""u8.ToArray(),
        """{"metadata":{"$deleteFromPrimitiveList/finalizers":["x"],"finalizers":["y"]},"spec":{"$setElementOrder/containers":[{"name":"c"}],"containers":[{"name":"c","$retainKeys":["name"]},{"name":"d","$patch":"delete"}]}}"""u8.ToArray(),
    ];

    private static readonly byte[][] JsonPatches =
    [
        """[{"op":"add","path":"/spec/containers/-","value":{"name":"z"}},{"op":"test","path":"/kind","value":"Pod"},{"op":"move","from":"/metadata/labels","path":"/spec/x"}]"""u8.ToArray(),
        """[{"op":"remove","path":"/spec/containers/0"},{"op":"copy","from":"/spec","path":"/metadata/a~1b"},{"op":"replace","path":"","value":[]}]"""u8.ToArray(),
    ];

    private static readonly byte[][] YamlTexts =
    [
        "apiVersion: v1\nkind: Pod\nmetadata: &m\n  name: a\n  labels: {a: b, c: 'd'}\nspec:\n- |\n  text\n  more\n- >-\n  folded\n- <<: *m\n  x: 0x1f\n- \"q\\u00e9\"\n- !!int 3\n"u8.ToArray(),
        "a: [1, 2.5, ~, yes, 2020-01-01, 1:30]\n? complex\n: value\n---\nsecond: doc\n"u8.ToArray(),
    ];

    private static readonly byte[][] FieldTexts =
    [
        """{"f:metadata":{"f:labels":{".":{},"f:a":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{}}},"f:set":{"v:\"x\"":{},"v:1":{},"i:3":{}}}}"""u8.ToArray(),
    ];

    private static readonly byte[][] CelTexts =
    [
        "device.attributes['a.b'].model in ['x', \"y\"] && (n + 1 >= 2 ? !has(n.a) : n < 0) || {'k': 1}.k"u8.ToArray(),
        "[1, 2u, 3.5e1].all(x, x > -1) // c\n && r'\\d'.matches(b'\\xff' == b'' ? '(a' : '''z''')"u8.ToArray(),
        "cel.bind(a, quantity('10Gi'), a.isLessThan(quantity('1'))) && semver('1.2.3-a+b').major() % 2 < 1"u8.ToArray(),
    ];

    private static readonly CelEnvironment CelNames =
        CelEnvironment.Standard.WithKubernetes().WithVariables("device", "n", "x");

    [Fact]
    public void Cel_expressions() => Run(17, CelTexts, bytes =>
    {
        if (CelProgram.TryCompile(Encoding.UTF8.GetString(bytes), CelNames, out CelProgram? program, out _))
        {
            program.Evaluate(new Dictionary<string, CelValue> { ["n"] = new CelInt(1), ["x"] = CelNull.Value }, 10_000);
        }
    });

    [Fact]
    public void Json_into_records() => Run(1, Objects, bytes =>
    {
        DecodeReport report = new();
        JsonDecoder decoder = new(bytes, report);
        HandRecord record = HandRecord.ReadJson(ref decoder);
        decoder.End();
        JsonBuffer json = new();
        record.WriteJson(json);
    });

    [Fact]
    public void Json_into_trees_and_back() => Run(2, Objects, bytes =>
    {
        Tree tree = TreeReader.Read(bytes, new DecodeReport());
        Assert.True(tree.DeepEquals(TreeReader.Read(tree.ToJson())));
        Assert.True(tree.DeepEquals(YamlReader.Read(YamlWriter.Write(tree))), "YAML changed the tree");
    });

    [Fact]
    public void Protobuf_into_records()
    {
        byte[] good = [0x0a, 2, 0x68, 0x69, 0x10, 5, 0x18, 0xff, 1, 0x20, 1, 0x2a, 4, 0x08, 1, 0x10, 2, 0x32, 4, 0x0a, 2, 0x31, 0x6b, 0x3a, 1, 9, 0x52, 4, 0x0a, 2, 0x68, 0x69];
        Run(3, [good], static bytes =>
        {
            ProtoReader reader = new(bytes);
            HandRecord.ReadProto(ref reader);
        });
    }

    [Fact]
    public void Yaml() => Run(4, YamlTexts, static bytes => YamlReader.Read(bytes, []));

    [Fact]
    public void Json_patches() => Run(5, JsonPatches, static bytes =>
        JsonPatch.Apply(TreeReader.Read(Objects[1]), TreeReader.Read(bytes)));

    [Fact]
    public void Merge_patches() =>
        Run(6, Objects, static bytes => MergePatch.Apply(TreeReader.Read(Objects[1]), TreeReader.Read(bytes)));

    [Fact]
    public void Strategic_merge_patches() => Run(7, Objects, static bytes =>
        StrategicMergePatch.Apply(TestSchemas.Pod, TreeReader.ReadObject(Objects[1]), TreeReader.ReadObject(bytes)));

    [Fact]
    public void Field_sets() => Run(8, FieldTexts, static bytes =>
    {
        FieldSet set = FieldSetJson.Parse(bytes);
        Assert.Equal(set, FieldSetJson.Parse(set.ToJson()));
    });

    [Fact]
    public void Applied_configurations()
    {
        ObjectTree empty = TreeReader.ReadObject("""{"kind":"Pod","apiVersion":"v1","metadata":{},"spec":{"containers":null},"status":{}}"""u8);
        FieldManager manager = new(new() { ApiVersion = "v1", Kind = "Pod", Schema = TestSchemas.Pod, Empty = empty });
        ObjectTree live = TreeReader.ReadObject(Objects[1]);
        ApiList<ManagedFieldsEntry> owned = manager.Update(new(empty, default), new(live, default), "u", default);
        Run(9, Objects, bytes =>
        {
            ObjectTree config = TreeReader.ReadObject(bytes);
            ApplyResult result = manager.Apply(
                new(live, owned), config, "kubectl", force: bytes.Length % 2 == 0, default);
            if (result is ApplyResult.Applied applied)
            {
                manager.Apply(new(applied.Object, applied.ManagedFields), live, "kubectl", force: true, default);
            }

            manager.Update(new(live, owned), new(config, default), "x", default);
        });
    }

    [Fact]
    public void Selectors()
    {
        byte[][] texts = ["a=b,c!=d,e in (f,g),!h,i>1"u8.ToArray(), "metadata.name=a,spec.x!=b\\,c\\=d"u8.ToArray()];
        Run(10, texts, static bytes =>
        {
            string text = Encoding.UTF8.GetString(bytes);
            if (LabelMatcher.TryParse(text, out LabelMatcher? labels, out _))
            {
                Assert.True(
                    LabelMatcher.TryParse(labels.ToString(), out LabelMatcher? again, out string? error), error);
                Assert.Equal(labels.ToString(), again.ToString());
                labels.Matches(default);
            }

            if (FieldMatcher.TryParse(text, out FieldMatcher? fields, out _))
            {
                fields.Matches(static _ => null);
            }
        });
    }

    [Fact]
    public void Values()
    {
        byte[][] texts = ["1.5Gi"u8.ToArray(), "-100e-3"u8.ToArray(), "1h15m30.918s"u8.ToArray(), "2020-01-02T03:04:05.678+01:00"u8.ToArray()];
        Run(11, texts, static bytes =>
        {
            string text = Encoding.UTF8.GetString(bytes);
            if (Quantity.TryParse(text, out Quantity quantity, out _))
            {
                Assert.True(Quantity.TryParse(quantity.ToString(), out _, out string? error), error);
            }

            if (GoDuration.TryParse(text, out long nanoseconds, out _))
            {
                Assert.True(
                    GoDuration.TryParse(GoDuration.Format(nanoseconds), out long again, out _) && again == nanoseconds);
            }

            Time.TryParse(text, out _);
            MicroTime.TryParse(text, out _);
        });
    }

    private static void Run(int seed, byte[][] good, Action<byte[]> decode)
    {
        Mutation mutation = new(seed);
        Stopwatch watch = Stopwatch.StartNew();
        for (int round = 0; round < Rounds; round++)
        {
            byte[] input = mutation.Of(good);
            long before = watch.ElapsedMilliseconds;
            try
            {
                decode(input);
            }
            catch (Exception failure) when (failure is DecodeException or JsonException or PatchException)
            {
                Assert.NotEmpty(failure.Message);
            }
            catch (Exception failure)
            {
                string shown = Encoding.Latin1.GetString(input);
                throw new InvalidOperationException(
                    $"round {round}: {failure.GetType().Name} for {shown} ({Convert.ToHexString(input)})", failure);
            }

            Assert.True(watch.ElapsedMilliseconds - before < 2000, $"slow: {Convert.ToHexString(input)}");
        }
    }
}
