using System.Buffers;
using System.IO.Pipelines;
using Keelson.Server.Http;

namespace Keelson.Server.Tests.Http;

/// <summary>What is written in many pieces comes out as if the connection had been told of each.</summary>
public sealed class BlockWriterTests
{
    [Fact]
    public async Task Pieces_of_every_size_arrive_whole_and_in_order()
    {
        Pipe pipe = new(new PipeOptions(minimumSegmentSize: 64, pauseWriterThreshold: 0));
        BlockWriter writer = new(pipe.Writer);
        List<byte> expected = [];
        for (int i = 0; i < 300; i++)
        {
            byte[] piece = [.. Enumerable.Range(0, i % 150).Select(at => (byte)(i + at))];
            expected.AddRange(piece);
            switch (i % 3)
            {
                case 0:
                    writer.Write(piece);
                    break;
                case 1:
                    piece.CopyTo(writer.GetSpan(piece.Length));
                    writer.Advance(piece.Length);
                    break;
                default:
                    piece.CopyTo(writer.GetMemory(piece.Length + 20));
                    writer.Advance(piece.Length);
                    break;
            }

            if (i % 70 == 0)
            {
                writer.Commit();
                await pipe.Writer.FlushAsync(TestContext.Current.CancellationToken);
            }
        }

        writer.Commit();
        await pipe.Writer.CompleteAsync();
        ReadResult read = await pipe.Reader.ReadAtLeastAsync(expected.Count, TestContext.Current.CancellationToken);
        Assert.Equal(expected, read.Buffer.ToArray());
    }
}
