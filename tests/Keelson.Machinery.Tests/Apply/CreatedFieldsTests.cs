using System.Text;
using Keelson.Machinery.Apply;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Values;

namespace Keelson.Machinery.Tests.Apply;

/// <summary>What new objects own is remembered by their shapes; it must be what would have been computed.</summary>
public sealed class CreatedFieldsTests
{
    private const string Start = """{"kind":"PodTemplate","apiVersion":"v1",""";

    private const string Base = """
        "metadata":{"name":"#","uid":"#","labels":{"app":"#"},"finalizers":["a/b"],
        "ownerReferences":[{"apiVersion":"v1","kind":"K","name":"n","uid":"1"}]},
        "template":{"metadata":{"annotations":{"x\"y":"#"}},"spec":{"restartPolicy":"#",
        "containers":[{"name":"c","image":"i","ports":[{"containerPort":80,"protocol":"TCP"}],
        "resources":{"limits":{"cpu":"#"}}}]}}
        """;

    private static readonly ObjectTree Empty = Parse(
        """
        {"kind":"PodTemplate","apiVersion":"v1","metadata":{},"template":{"metadata":{},"spec":{"containers":null}}}
        """);

    private readonly FieldManager _manager = Manager(Empty);

    /// <summary>Pairs that differ in one place each, on which the fields depend or not.</summary>
    [Theory]
    [InlineData("\"a/b\"", "\"a/c\"")]
    [InlineData("\"uid\":\"1\"", "\"uid\":\"2\"")]
    [InlineData("\"name\":\"c\"", "\"name\":\"d\"")]
    [InlineData("80", "81")]
    [InlineData("\"TCP\"", "\"UDP\"")]
    [InlineData("\"image\":\"i\"", "\"image\":\"j\"")]
    [InlineData("\"app\":\"#\"", "\"app\":\"\"")]
    [InlineData("\"restartPolicy\":\"#\"", "\"restartPolicy\":\"\"")]
    [InlineData("\"restartPolicy\":\"#\"", "\"restartPolicy\":null")]
    [InlineData("{\"cpu\":\"#\"}", "{}")]
    [InlineData("{\"cpu\":\"#\"}", "{\"cpu\":{\"a\":1}}")]
    [InlineData("x\\\"y", "x\\\\y")]
    public void What_is_remembered_of_one_object_is_true_of_others(string part, string other)
    {
        string changed = Base.Replace(part, other, StringComparison.Ordinal);
        Assert.NotEqual(Base, changed);
        foreach (string fields in new[] { Base, changed, Base, changed })
        {
            foreach (string value in new[] { "a", "bc", "{\\\"[" })
            {
                byte[] json = Encoding.UTF8.GetBytes(
                    Start + fields.Replace("#", value, StringComparison.Ordinal) + "}");
                Assert.Equal(
                    _manager.Update(new(Empty, default), new(TreeReader.ReadObject(json), default), "m", default),
                    _manager.Create(json, "m", default));
            }
        }
    }

    [Fact]
    public void Manager_and_time_are_those_of_the_write()
    {
        byte[] json = Encoding.UTF8.GetBytes(Start + Base + "}");
        Time later = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        ManagedFieldsEntry first = _manager.Create(json, "one", default).Single();
        ManagedFieldsEntry second = _manager.Create(json, "", later).Single();
        Assert.Equal(("one", default(Time)), (first.Manager, first.Time));
        Assert.Equal(("unknown", later), (second.Manager, second.Time));
        Assert.Equal(first.FieldsV1, second.FieldsV1);
    }

    /// <summary>A value that equals what there is before the object exists is nobody's.</summary>
    [Fact]
    public void Shapes_are_not_trusted_where_an_object_begins_with_values()
    {
        ObjectTree empty = Parse(
            Start + """ "template":{"spec":{"containers":null,"restartPolicy":"Always"}}}""");
        FieldManager manager = Manager(empty);
        Assert.Equal("{\"f:template\":{\"f:spec\":{\"f:restartPolicy\":{}}}}", Owned("Never"));
        Assert.Equal("", Owned("Always"));

        string Owned(string policy)
        {
            byte[] json = Encoding.UTF8.GetBytes(
                """{"kind":"PodTemplate","apiVersion":"v1","template":{"spec":{"restartPolicy":"#"}}}"""
                    .Replace("#", policy, StringComparison.Ordinal));
            return string.Concat(manager.Create(json, "m", default).Select(entry => entry.FieldsV1.ToString()));
        }
    }

    [Fact]
    public void Creating_what_is_known_allocates_hardly_anything()
    {
        byte[] json = Encoding.UTF8.GetBytes(Start + Base + "}");
        for (int i = 0; i < 100; i++)
        {
            _manager.Create(json, "m", default);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            _manager.Create(json, "m", default);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 1, 400);
    }

    private static ObjectTree Parse(string json) => TreeReader.ReadObject(Encoding.UTF8.GetBytes(json));

    private static FieldManager Manager(ObjectTree empty) => new(new()
    {
        ApiVersion = "v1",
        Kind = "PodTemplate",
        Schema = TestSchemas.PodTemplate,
        Empty = empty,
    });
}
